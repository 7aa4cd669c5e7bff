// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

/// Three inputs that take more time than the rest, each for another reason.
struct InputTests {
  private static let f = Function.at("a.py", 1, "f")
  private static let g = Function.at("a.py", 2, "g")

  /// The captures of four inputs.
  ///
  /// `usual`: 10 calls of f at 10 ns. `slow`: the same calls at 30 ns. `many`: 30 calls at 10 ns.
  /// `frequent` is as cheap as `usual`, but there are six of it.
  private static let records: [Capture] = {
    let inputs = [
      ("usual", 2, 10, 100), ("slow", 1, 10, 300), ("many", 1, 30, 300), ("frequent", 6, 10, 100),
    ]
    return inputs.flatMap { input, captures, calls, time in
      (0..<captures).map { number in
        .capture(
          at: Int64(number),
          labels: ["input": input, "host": "h"],
          id: "\(input) \(number)",
          [Cost(f, calls: calls, selfTime: time), Cost(g, selfTime: 7)]
        )
      }
    }
  }()

  private static func compare(
    _ query: InputQuery = InputQuery(keys: ["input"])
  ) async throws -> InputComparison {
    try await MemoryStore(records).inputs(query)
  }

  private static func input(_ value: String?) async throws -> InputComparison.Input {
    try await #require(try compare().inputs.first { $0.value == value })
  }

  @Test
  func `the input that costs most comes first, with its share`() async throws {
    let comparison = try await Self.compare()
    #expect(comparison.inputs.map(\.value) == ["frequent", "many", "slow", "usual"])
    #expect(comparison.inputs.map(\.distribution.sum) == [642, 307, 307, 214])
    #expect(comparison.captures == 10)
    #expect(comparison.selfTime == 1_470)
    #expect(comparison.keys == ["input"])
    #expect(comparison.kind == .traced)
    #expect(comparison.clock == .wall)
    #expect(comparison.warnings == [])
  }

  @Test(
    arguments: [
      // Nine others take 1163 ns: 307 - 1163 / 9.
      ("slow", 1_600, 9), ("many", 1_600, 9),
      // Four others take 828 ns, 207 each: six of them would take 1242.
      ("frequent", -600, 1),
      // Eight others take 1256 ns, 157 each: two of them would take 314.
      ("usual", -100, 1),
    ] as [(String, Int128, Int128)]
  )
  func `the excess is what as many average others would not cost`(
    _ value: String,
    _ excess: Int128,
    _ divisor: Int128
  ) async throws {
    let found = try await #require(try Self.input(value).excess)
    #expect(found.sum * divisor == excess * found.divisor)
  }

  @Test
  func `distributions are per capture`() async throws {
    let frequent = try await Self.input("frequent")
    #expect(frequent.distribution == .init(captures: 6, sum: 642, p50: 107, p95: 107))
    #expect(frequent.rest == .init(captures: 4, sum: 828, p50: 107, p95: 307))
    #expect(frequent.distribution.mean?.exactInteger == 107)
    let slow = try await Self.input("slow")
    #expect(slow.rest == .init(captures: 9, sum: 1_163, p50: 107, p95: 307))
  }

  @Test
  func `an input that is slower per call is told from one with more calls`() async throws {
    // The rest of slow: 9 captures, 110 calls, 1100 ns. One of them: 122 ns, 12.2 calls of 10 ns.
    let slow = try await #require(try Self.input("slow").functions.first)
    #expect(slow.function == Self.f)
    #expect(slow.rest == .init(selfTime: 1_100, calls: 110, captures: 9))
    #expect(slow.split.change == 178)
    #expect(slow.split.moreCalls == -22)
    #expect(slow.split.slowerCalls == 200)
    // The rest of many: 9 captures, 90 calls, 1100 ns. One of them: 122 ns, 10 calls of 12.2 ns.
    let many = try await #require(try Self.input("many").functions.first)
    #expect(many.split.change == 178)
    #expect(many.split.moreCalls == 244)
    #expect(many.split.slowerCalls == -66)
  }

  @Test
  func `an input that is merely frequent is cheaper than the rest`() async throws {
    // The rest of frequent: 4 captures, 60 calls, 800 ns; six of them: 1200 ns, 90 calls.
    let frequent = try await #require(try Self.input("frequent").functions.first)
    #expect(frequent.split.change == -600)
    #expect(frequent.split.moreCalls == -400)
    #expect(frequent.split.slowerCalls == -200)
  }

  @Test
  func `functions without a difference are not named`() async throws {
    for input in try await Self.compare().inputs {
      #expect(input.functions.map(\.function) == [Self.f])
    }
  }

  @Test
  func `without keys every label is compared, and a value of all captures has no rest`()
    async throws
  {
    let comparison = try await Self.compare(InputQuery())
    #expect(comparison.keys == ["host", "input"])
    let host = try #require(comparison.inputs.first { $0.key == "host" })
    #expect(host.value == "h")
    #expect(host.excess == nil)
    #expect(host.rest == .init(captures: 0, sum: 0, p50: nil, p95: nil))
    #expect(host.functions == [])
  }

  @Test
  func `captures without the label are an input of their own`() async throws {
    var records = Self.records
    records.append(.capture(at: 0, id: "none", [Cost(Self.f, calls: 1, selfTime: 5)]))
    let comparison = try await MemoryStore(records).inputs(InputQuery(keys: ["input"]))
    let none = try #require(comparison.inputs.last)
    #expect(none.value == nil)
    #expect(none.distribution == .init(captures: 1, sum: 5, p50: 5, p95: 5))
    #expect(none.rest.captures == 10)
  }

  @Test(
    arguments: [
      (["input", "input"], ["input"]), (["input", "host", "host", "input"], ["input", "host"]),
    ]
  )
  func `a key that is given again counts once`(given: [String], distinct: [String]) async throws {
    let (again, once) = (InputQuery(keys: given), InputQuery(keys: distinct))
    #expect(try await Self.compare(again) == Self.compare(once))
  }

  @Test
  func `two spellings of one key are one key`() async throws {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
    let records = [("a", 10, composed), ("b", 30, decomposed), ("b", 50, composed)].map {
      Capture.capture(at: 0, labels: [$2: $0], [Cost(Self.f, calls: 1, selfTime: $1)])
    }
    let store = try MemoryStore(records)
    let expected = try await store.inputs(InputQuery(keys: [composed]))
    #expect(expected.inputs.map(\.distribution.sum) == [80, 10])
    for keys in [[composed, decomposed], [decomposed, composed, composed]] {
      #expect(try await store.inputs(InputQuery(keys: keys)) == expected)
    }
    #expect(try await store.inputs(InputQuery()) == expected)
  }

  @Test
  func `no figure of the rest is below zero, whatever keys are asked for`() async throws {
    for keys in [["input", "input"], ["host", "input", "input"], nil] {
      for input in try await Self.compare(InputQuery(keys: keys)).inputs {
        for function in input.functions {
          #expect(function.rest.selfTime >= 0 && function.rest.calls >= 0)
          #expect(function.side.selfTime + function.rest.selfTime <= 1_470)
        }
      }
    }
  }

  @Test
  func `a key that no capture has is named in a warning`() async throws {
    let comparison = try await Self.compare(InputQuery(keys: ["zone", "input"]))
    #expect(comparison.warnings == [.labelUnknown("zone")])
    #expect(try await MemoryStore().inputs(InputQuery(keys: ["zone"])).warnings == [])
  }

  @Test
  func `only the largest differences are named on request`() async throws {
    let records = [("a", 1), ("b", 2)].map { input, factor in
      Capture.capture(
        at: 0,
        labels: ["input": input],
        (1...5).map { Cost(.at("a.py", $0, "f"), selfTime: $0 * factor) }
      )
    }
    let comparison = try await MemoryStore(records).inputs(
      InputQuery(keys: ["input"], topFunctions: 2)
    )
    #expect(comparison.inputs.map { $0.functions.map(\.function.line) } == [[5, 4], [5, 4]])
    #expect(comparison.inputs.map { $0.functions.map(\.split.change) } == [[5, 4], [-5, -4]])
  }
}
