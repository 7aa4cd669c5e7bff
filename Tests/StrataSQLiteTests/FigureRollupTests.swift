// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

/// Figures of whole captures in roll-ups, against a plain loop over the captures.
struct FigureRollupTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// What a slice has for one value of a label.
  private struct Cell: Hashable {
    var start: Int64
    var host: String?
    var captures: Int
    var sum: Int128
  }

  /// The captures that have a duration, and their sum, of each slice and host.
  private static func cells(_ records: [Capture], _ width: Int64) -> Set<Cell> {
    struct Key: Hashable {
      var start: Int64
      var host: String?
    }
    let timed = records.filter { $0.duration != nil }
    let groups = Dictionary(grouping: timed) {
      Key(start: $0.start.nanoseconds / width * width, host: $0.labels["host"])
    }
    return Set(
      groups.map { key, records in
        let sum = records.reduce(Int128(0)) { sum, record in
          let (seconds, attoseconds) = record.duration?.components ?? (0, 0)
          return sum + Int128(seconds) * 1_000_000_000 + Int128(attoseconds) / 1_000_000_000
        }
        return Cell(start: key.start, host: key.host, captures: records.count, sum: sum)
      }
    )
  }

  private func cells(_ store: SQLiteStore, _ width: Int64) async throws -> Set<Cell> {
    let query = SliceQuery(
      ProfileSelection(kind: .traced),
      metric: .duration,
      statistic: .mean,
      every: .nanoseconds(width),
      grouping: .label("host")
    )
    let result = try await store.slices(query)
    return Set(
      result.series.flatMap { series in
        zip(result.slices, series.values).compactMap { slice, value in
          value.map { value in
            Cell(
              start: slice.start.nanoseconds,
              host: series.key.description,
              captures: Int(value.divisor),
              sum: value.sum
            )
          }
        }
      }
    )
  }

  private static let hour: Int64 = 3_600_000_000_000

  @Test(arguments: 10..<14 as Range<UInt64>)
  func `durations are those of the captures, whatever is rolled up, pruned and late`(
    seed: UInt64
  ) async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomTraffic(seed: seed)
    var records: [Capture] = []
    for batch in random.batches() {
      _ = try await store.insert(batch)
      records += batch.filter { $0.kind == .traced }
      if random.flip() { try store.rollUp(endingBefore: random.moment()) }
      if random.flip() {
        let policy = RetentionPolicy(
          captures: .seconds(40_000),
          minutes: random.flip() ? .seconds(50_000) : nil
        )
        _ = try store.prune(policy, now: random.moment())
      }
      for width in [Self.hour, 6 * Self.hour, 24 * Self.hour] {
        #expect(try await cells(store, width) == Self.cells(records, width))
      }
    }
    _ = try store.prune(
      RetentionPolicy(captures: .zero, minutes: .zero, hours: .zero),
      now: RandomTraffic.end
    )
    #expect(try store.statistics().profileCount == 0)
    let day = 24 * Self.hour
    #expect(try await cells(store, day) == Self.cells(records, day))
    #expect(try store.verify().findings == [])
    let orphans = "SELECT count(*) FROM sumFigure WHERE sum NOT IN (SELECT id FROM sum)"
    let sums = "SELECT count(*) FROM sum WHERE id NOT IN (SELECT sum FROM sumFigure)"
    try await store.pool.read { db in
      for sql in [orphans, sums] {
        let count = try db.number(sql)
        #expect(count == 0, "\(sql)")
      }
    }
  }

  @Test func `a question for durations reads roll-ups, and percentiles single captures`()
    async throws
  {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomTraffic(seed: 9)
    let records = random.batches().flatMap(\.self)
    _ = try await store.insert(records)
    try store.rollUp(endingBefore: RandomTraffic.end)
    let selection = ProfileSelection(kind: .traced)
    var query = SliceQuery(selection, metric: .duration, every: .seconds(3_600), grouping: .all)
    let explanation = try await store.explain(query)
    #expect(explanation.filling.steps.contains { $0.level == .hour })
    #expect(explanation.description.contains("query     duration, sum in slices of 1 h, by all"))
    query.resolution = .captures
    #expect(try await store.explain(query).filling.steps.map(\.level) == [.captures])
    query.resolution = .any
    for statistic in Statistic.allCases {
      query.statistic = statistic
      #expect(try await store.slices(query) == MemoryStore(records).slices(query))
    }
    _ = try store.prune(RetentionPolicy(captures: .zero), now: RandomTraffic.end)
    let error = await caught(as: QueryError.self) { _ = try await store.slices(query) }
    guard case .prunedCaptures = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `sums of more than 64 bits are kept as they are`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    let longest: Int64 = 7_000_000_000_000_000_000
    let records = (0..<20).map { number in
      Capture.capture(
        at: RandomTraffic.start.advanced(bySeconds: number).nanoseconds,
        duration: .nanoseconds(longest - number),
        id: "\(number)",
        [Cost(Function(file: "a.py", line: 1, name: "f"), selfTime: 1)]
      )
    }
    _ = try await store.insert(records)
    let query = SliceQuery(metric: .duration, every: .seconds(86_400), grouping: .all)
    for _ in 0..<2 {
      let sum = try await store.slices(query).series[0].total?.exactInteger
      #expect(sum == Int128(longest) * 20 - 190)
      _ = try store.prune(
        RetentionPolicy(captures: .zero, minutes: .zero, hours: .zero),
        now: RandomTraffic.end
      )
    }
    #expect(try store.statistics().profileCount == 0)
    #expect(try await store.pool.read { try $0.number("SELECT max(carry) FROM sumFigure") } > 0)
  }

  @Test(arguments: [
    "DELETE FROM sumFigure", "UPDATE sumFigure SET total = total + 1",
    "UPDATE OR REPLACE sumFigure SET sum = sum + 1",
  ])
  func `what sums know of durations is verified`(sql: String) async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomTraffic(seed: 9)
    _ = try await store.insert(random.batches().flatMap(\.self))
    try store.rollUp(endingBefore: RandomTraffic.end)
    #expect(try store.verify().isWhole)
    try await store.pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA foreign_keys = OFF; \(sql)")
    }
    let report = try store.verify()
    #expect(report.findings.contains { $0.location?.table == "sumFigure" })
  }
}

#endif
