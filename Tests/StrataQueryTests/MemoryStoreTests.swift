// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

struct MemoryStoreTests {
  private static let f = Function.at("a.py", 1, "f")

  private static func record(
    _ start: Int64,
    _ id: String,
    _ selfTime: Int = 1,
    labels: Labels = [:]
  ) -> Capture {
    .capture(at: start, labels: labels, id: id, [Cost(f, selfTime: selfTime)])
  }

  private static func ids(
    _ store: MemoryStore,
    _ selection: ProfileSelection = .all
  ) async throws -> [ProfileID] {
    try await store.read { snapshot in
      var ids: [ProfileID] = []
      try await snapshot.forEachCapture(selection) { ids.append($0.id) }
      return ids
    }
  }

  private static func ids(_ names: String...) -> [ProfileID] { names.map { ProfileID(given: $0) } }

  @Test
  func `a record is kept once`() async throws {
    let store = MemoryStore()
    let first = try await store.insert([
      Self.record(1, "a"), Self.record(2, "b"), Self.record(3, "a", 99),
    ])
    #expect(first == [true, true, false])
    #expect(try await store.insert([Self.record(9, "b"), Self.record(4, "c")]) == [false, true])
    #expect(try await Self.ids(store) == Self.ids("a", "b", "c"))
    #expect(try await store.slices(SliceQuery(every: .seconds(1))).totals == [3])
  }

  @Test
  func `records come in order of start, of equal starts in order of insertion`() async throws {
    let store = MemoryStore()
    try await store.insert([Self.record(5, "a"), Self.record(1, "b"), Self.record(5, "c")])
    try await store.insert([Self.record(5, "d"), Self.record(1, "e"), Self.record(-3, "f")])
    #expect(try await Self.ids(store) == Self.ids("f", "b", "e", "a", "c", "d"))
  }

  @Test
  func `a selection is by time and labels`() async throws {
    let store = try MemoryStore([
      Self.record(1, "a", labels: ["host": "x"]), Self.record(2, "b", labels: ["host": "y"]),
      Self.record(3, "c", labels: ["host": "x"]),
    ])
    func selected(
      _ since: Int64?,
      _ until: Int64?,
      _ labels: String = ""
    ) async throws -> [ProfileID] {
      let selection = ProfileSelection(
        since: since.map { Timestamp(nanoseconds: $0) },
        until: until.map { Timestamp(nanoseconds: $0) },
        filter: try CaptureFilter(parsing: labels)
      )
      return try await Self.ids(store, selection)
    }
    #expect(try await selected(2, nil) == Self.ids("b", "c"))
    #expect(try await selected(nil, 3) == Self.ids("a", "b"))
    #expect(try await selected(2, 2) == [])
    #expect(try await selected(nil, nil, "host=x") == Self.ids("a", "c"))
    #expect(try await selected(2, nil, "host!=y") == Self.ids("c"))
  }

  @Test
  func `a record comes back as it was given`() async throws {
    let profile = StatsProfile(functions: [
      FunctionProfile(
        function: .at("a.py", 1, "<f at 0x1>"),
        statistics: .of(3, primitive: -1, 0.1 + 0.2, -0.0),
        callers: [CallEdge(caller: .at("b.py", 2, "g"), figures: .countOnly(3))]
      )
    ])
    let record = Capture(
      id: ProfileID(given: "x"),
      start: Timestamp(nanoseconds: -7),
      duration: .seconds(3),
      timeSource: .name,
      kind: .rounded,
      clock: .cpu,
      weight: Weight(decimal: "2.5") ?? .one,
      labels: ["a": "b"],
      profile: profile
    )
    let store = try MemoryStore([record])
    try await store.read { snapshot in
      try await snapshot.forEachCapture(.all) { found in
        #expect(found.profile == profile)
        #expect(found.profile.functions[0].statistics.cumulativeTime.sign == .minus)
        #expect(CaptureHeader(found) == CaptureHeader(record))
        #expect((found.id, found.timeSource) == (record.id, .name))
      }
    }
  }

  @Test(
    arguments: [
      (.of(1, .nan, 0), .timeOutOfRange, "self time"),
      (.of(1, 0, .infinity), .timeOutOfRange, "cumulative time"),
      (.of(1, -5e9, 0), .timeOutOfRange, "self time"),
      (.of(1 << 63, 0, 0), .countOutOfRange, "call count"),
      (.of(1, primitive: -(1 << 64), 0, 0), .countOutOfRange, "primitive call count"),
    ] as [(CallStatistics, CaptureError.Code, String)]
  )
  func `what cannot be summed exactly is refused, and nothing is kept`(
    _ statistics: CallStatistics,
    _ code: CaptureError.Code,
    _ figure: String
  ) async throws {
    var bad = Self.record(2, "bad")
    bad.profile = StatsProfile(functions: [
      FunctionProfile(function: Self.f, statistics: statistics)
    ])
    let store = try MemoryStore([Self.record(1, "old")])
    let error = caught(as: CaptureError.self) { try store.insert([Self.record(3, "good"), bad]) }
    #expect(error?.code == code)
    #expect(error?.figure == figure)
    #expect(error?.function == Self.f)
    #expect(error?.description.hasPrefix("\(figure) of a.py:1(f): expected ") == true)
    #expect(try await Self.ids(store) == Self.ids("old"))
    let single = caught { () throws(CaptureError) in try bad.check() }
    #expect(single == error)
  }

  @Test
  func `a reader keeps the state that it began with`() async throws {
    let store = try MemoryStore([Self.record(1, "a")])
    try await store.read { snapshot in
      try await store.insert([Self.record(2, "b")])
      var count = 0
      try await snapshot.scan(.all, columns: []) { _ in count += 1 }
      #expect(count == 1)
    }
    #expect(try await Self.ids(store).count == 2)
  }

  @Test
  func `a scan shows the figures of each function`() async throws {
    let store = try MemoryStore([
      .capture(at: 1, [Cost(Self.f, calls: 3, primitiveCalls: 2, selfTime: 5, cumulativeTime: 7)])
    ])
    try await store.read { snapshot in
      let names = try await snapshot.names(of: .all)
      let columns: ProfileColumns = [
        .callCounts, .primitiveCallCounts, .selfTimes, .cumulativeTimes,
      ]
      try await snapshot.scan(.all, columns: columns) { vectors in
        let functions = try vectors.figures.functions.map { try names.function($0) }
        #expect(functions == [Self.f])
        #expect((vectors.figures.callCounts, vectors.figures.primitiveCallCounts) == ([3], [2]))
        #expect(
          (vectors.figures.selfNanoseconds, vectors.figures.cumulativeNanoseconds) == ([5], [7])
        )
      }
      try await snapshot.scan(.all, columns: []) { #expect($0.figures.functions.isEmpty) }
    }
  }
}
