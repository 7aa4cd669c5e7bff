// SPDX-License-Identifier: Apache-2.0

import PythonPattern
import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

struct ComparisonQueryTests {
  private static let f = Function.at("/x/a.py", 3, "f")
  private static let g = Function.at("/x/b.py", 9, "g")

  private static func store(_ records: Capture...) throws -> MemoryStore {
    try MemoryStore(records)
  }

  private static func before(_ time: Int64) -> ProfileSelection {
    ProfileSelection(until: Timestamp(nanoseconds: time))
  }

  private static func since(_ time: Int64) -> ProfileSelection {
    ProfileSelection(since: Timestamp(nanoseconds: time))
  }

  @Test
  func `two ranges of a store, each summed in whole nanoseconds`() async throws {
    let store = try Self.store(
      .capture(at: 1, [Cost(Self.f, calls: 2, selfTime: 10), Cost(Self.g, selfTime: 5)]),
      .capture(at: 2, [Cost(Self.f, calls: 4, selfTime: 20)]),
      .capture(at: 10, [Cost(Self.f, calls: 9, selfTime: 90)])
    )
    let result = try await store.comparison(
      ComparisonQuery(before: Self.before(10), after: Self.since(10))
    )
    #expect(
      result.before == .init(captures: 2, first: .init(nanoseconds: 1), last: .init(nanoseconds: 2))
    )
    #expect(result.after.captures == 1)
    #expect(result.kind == .traced && result.clock == .wall)
    #expect(result.functions.map(\.function) == [Self.f, Self.g])
    #expect(result.functions.map(\.presence) == [.both, .vanished])
    #expect(result.functions.map(\.difference.moreCalls.sum) == [15, -5])
    #expect(result.functions.map(\.difference.slowerCalls.sum) == [45, 0])
    #expect(result.total.selfTime.change?.value == MetricValue(55))
  }

  @Test
  func `only functions that match, as they are after stripping`() async throws {
    let store = try Self.store(
      .capture(at: 1, [Cost(Self.f, selfTime: 10), Cost(Self.g, selfTime: 5)]),
      .capture(at: 2, [Cost(Self.f, selfTime: 20), Cost(Self.g, selfTime: 50)])
    )
    var query = ComparisonQuery(before: Self.before(2), after: Self.since(2))
    query.functions = try Pattern(parsing: "^b.py:9")
    #expect(try await store.comparison(query).functions.isEmpty)
    query.stripsDirectories = true
    query.grouping = .name
    let result = try await store.comparison(query)
    #expect(result.functions.map(\.function) == [.at("b.py", 0, "g")])
    #expect(result.total.selfTime.change?.value == MetricValue(45))
  }

  @Test
  func `two kinds or clocks are refused, on a side and between sides`() async throws {
    func question(
      _ kinds: ProfileKind...,
      clocks: [ProfileClock] = [.wall]
    ) async throws -> QueryError? {
      let kinds = clocks.count > 1 ? clocks.map { _ in kinds[0] } : kinds
      let records = kinds.enumerated().map { index, kind in
        Capture.capture(
          at: Int64(index),
          kind: kind,
          clock: clocks[index % clocks.count],
          [Cost(Self.f, selfTime: 1)]
        )
      }
      let store = try MemoryStore(records)
      let middle = Int64(kinds.count / 2)
      return await caught(as: QueryError.self) {
        _ = try await store.comparison(
          ComparisonQuery(before: Self.before(middle), after: Self.since(middle))
        )
      }
    }
    #expect(try await question(.traced, .traced) == nil)
    #expect(try await question(.traced, .sampled) == .mixedKinds([.traced, .sampled]))
    #expect(
      try await question(.traced, .sampled, .traced, .traced) == .mixedKinds([.traced, .sampled])
    )
    #expect(try await question(.traced, clocks: [.cpu, .wall]) == .mixedClocks([.wall, .cpu]))
  }

  @Test(arguments: RandomRecords.Times.allCases)
  func `equals the sums of slices`(times: RandomRecords.Times) async throws {
    var random = RandomRecords(seed: 31)
    let records = (0..<40).map { number in
      var record = random.record(number, times)
      (record.kind, record.clock) = (.traced, .wall)
      return record
    }
    let store = try MemoryStore(records)
    let middle = records.map(\.start).sorted()[20]
    let (old, new) = (Self.before(middle.nanoseconds), Self.since(middle.nanoseconds))
    let result = try await store.comparison(ComparisonQuery(before: old, after: new))
    for (selection, figure) in [
      (old, result.total.selfTime.before), (new, result.total.selfTime.after),
    ] {
      let series = try await store.slices(
        SliceQuery(selection, every: .seconds(86_400 * 365), grouping: .all)
      )
      #expect(series.slices.reduce(0) { $0 + ($1.total?.sum ?? 0) } == figure?.sum)
    }
  }
}
