// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for files and JSON.
import Foundation
import GRDB
import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

/// Stores that older versions wrote (`Tests/Stores`), brought up to date.
struct UpgradeTests {
  private static let kinds = ["rolled", "pruned", "hours", "days"]
  static let stores = kinds.map { "version2-\($0).strata" }
  static let readableStores = kinds.map { "version3-\($0).strata" }
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Stores")
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// What a store holds, as Python added it up from the dumps.
  private struct Sums: Codable, Hashable {
    var clock: String
    var hour: Int64
    var endpoint: String
    var captures: Int
    var calls: Int64
    var selfTime: Int64
  }

  /// The captures that have a duration, and the sum of these.
  private struct Durations: Codable, Hashable {
    var clock: String
    var hour: Int64
    var endpoint: String
    var timed: Int
    var duration: Int64
  }

  private static func expectedDurations(days: Bool = false) throws -> Set<Durations> {
    let file = try Data(contentsOf: fixtures.appending(path: "sums.json"))
    let hours = try JSONDecoder().decode([Durations].self, from: file).filter { $0.timed > 0 }
    guard days else { return Set(hours) }
    let parts = Dictionary(grouping: hours) { "\($0.clock) \($0.hour / 24) \($0.endpoint)" }
    return Set(
      parts.values.map { parts in
        var sum = parts[0]
        sum.hour = sum.hour / 24 * 24
        sum.timed = parts.reduce(0) { $0 + $1.timed }
        sum.duration = parts.reduce(0) { $0 + $1.duration }
        return sum
      }
    )
  }

  private func durations(_ store: SQLiteStore, hours: Int64 = 1) async throws -> Set<Durations> {
    var found: Set<Durations> = []
    for clock in [ProfileClock.wall, .cpu] {
      let result = try await store.slices(
        SliceQuery(
          ProfileSelection(kind: .traced, clock: clock),
          metric: .duration,
          statistic: .sum,
          every: .seconds(3_600 * hours),
          grouping: .label("endpoint")
        )
      )
      let means = try await store.slices(
        SliceQuery(
          ProfileSelection(kind: .traced, clock: clock),
          metric: .duration,
          statistic: .mean,
          every: .seconds(3_600 * hours),
          grouping: .label("endpoint")
        )
      )
      for (sums, means) in zip(result.series, means.series) {
        for (column, slice) in result.slices.enumerated() {
          guard let mean = means.values[column] else { continue }
          #expect(mean.sum == sums.values[column]?.sum)
          found.insert(
            Durations(
              clock: clock.rawValue,
              hour: slice.start.nanoseconds / 3_600_000_000_000,
              endpoint: "\(sums.key)",
              timed: Int(mean.divisor),
              duration: Int64(mean.sum)
            )
          )
        }
      }
    }
    return found
  }

  private func refusesDurations(_ store: SQLiteStore, hours: Int64 = 1) async -> Bool {
    let error = await caught(as: QueryError.self) { _ = try await durations(store, hours: hours) }
    if case .figureUnknown(.duration, _) = error { return true }
    return false
  }

  private func copy(_ name: String, as copy: String? = nil) throws -> String {
    let path = folder.file(copy ?? name)
    let source = Self.fixtures.appending(path: name)
    try FileManager.default.copyItem(at: source, to: URL(filePath: path))
    return path
  }

  private static func expected() throws -> Set<Sums> {
    let file = try Data(contentsOf: fixtures.appending(path: "sums.json"))
    return Set(try JSONDecoder().decode([Sums].self, from: file))
  }

  /// The sums by hour, or by day with the day's first hour.
  private func sums(_ store: SQLiteStore, hours: Int64) async throws -> Set<Sums> {
    var found: Set<Sums> = []
    for clock in [ProfileClock.wall, .cpu] {
      let selection = ProfileSelection(kind: .traced, clock: clock)
      var series: [SlicedSeries] = []
      for metric in [Metric.captures, .calls, .selfTime] {
        let query = SliceQuery(
          selection,
          metric: metric,
          every: .seconds(3_600 * hours),
          grouping: .label("endpoint"),
          top: nil
        )
        series.append(try await store.slices(query))
      }
      for (row, endpoint) in series[0].series.enumerated() {
        let name = "\(endpoint.key)"
        for (column, slice) in series[0].slices.enumerated() {
          let value = { (number: Int) -> Int64 in
            let same = series[number].series.first { "\($0.key)" == name }
            return Int64(same?.values[column]?.double ?? 0)
          }
          guard series[0].series[row].values[column]?.double ?? 0 != 0 else { continue }
          found.insert(
            Sums(
              clock: clock.rawValue,
              hour: slice.start.nanoseconds / 3_600_000_000_000,
              endpoint: name,
              captures: Int(value(0)),
              calls: value(1),
              selfTime: value(2)
            )
          )
        }
      }
    }
    return found
  }

  @Test(arguments: stores)
  func `an older store is not read as it is, and says what brings it up to date`(
    name: String
  ) throws {
    let path = try copy(name)
    let before = try folder.read(name)
    let error = #expect(throws: StoreError.self) {
      try SQLiteStore.open(path: path, mode: .readOnly)
    }
    #expect(error?.code == .olderVersion)
    #expect(error?.advice.contains("upgrade it") == true)
    #expect(try folder.read(name) == before)
  }

  @Test(arguments: readableStores)
  func `a store of version 3 is read as it is, and durations where captures are there`(
    name: String
  ) async throws {
    let path = try copy(name)
    let before = try folder.read(name)
    let store = try SQLiteStore.open(path: path, mode: .readOnly)
    #expect(try store.verify().findings == [])
    let isByDays = name.contains("days")
    let expected = try isByDays ? Self.byDays(Self.expected()) : Self.expected()
    #expect(try await sums(store, hours: isByDays ? 24 : 1) == expected)
    if name.contains("rolled") {
      #expect(try await durations(store) == Self.expectedDurations())
    } else {
      #expect(await refusesDurations(store, hours: isByDays ? 24 : 1))
    }
    #expect(try folder.read(name) == before)
    #expect(await code { _ = try await store.insert([]) } == .readOnly)
  }

  @Test func `an upgrade from version 3 that is not wanted changes nothing`() throws {
    let name = "version3-rolled.strata"
    let path = try copy(name)
    let before = try folder.read(name)
    #expect(code { _ = try SQLiteStore.open(path: path) { _, _ in false } } == .olderVersion)
    #expect(try folder.read(name) == before)
  }

  @Test func `a reader of version 3 goes on beside the upgrade`() async throws {
    let path = try copy("version3-rolled.strata")
    let reader = try SQLiteStore.open(path: path, mode: .readOnly)
    let before = try await durations(reader)
    _ = try SQLiteStore.open(path: path)
    #expect(try await durations(reader) == before)
  }

  @Test(arguments: ["version2", "version3"])
  func `sums of an older store know durations once their captures were added up again`(
    version: String
  ) async throws {
    let store = try SQLiteStore.open(path: try copy("\(version)-rolled.strata"))
    #expect(try await durations(store) == Self.expectedDurations())
    let now = Timestamp(nanoseconds: 1_767_600_000_000_000_000 + 30 * 86_400_000_000_000)
    let policies = [
      RetentionPolicy(captures: .zero), RetentionPolicy(captures: .zero, minutes: .zero),
      RetentionPolicy(captures: .zero, minutes: .zero, hours: .zero),
    ]
    for (number, policy) in policies.enumerated() {
      _ = try store.prune(policy, now: now)
      #expect(try store.statistics().profileCount == 0)
      let isByDays = number == 2
      #expect(
        try await durations(store, hours: isByDays ? 24 : 1)
          == Self.expectedDurations(days: isByDays)
      )
      #expect(try store.verify().findings == [])
    }
  }

  @Test(arguments: ["version2", "version3"], ["pruned", "hours", "days"])
  func `what an older store did not keep of pruned captures stays unknown`(
    version: String,
    kind: String
  ) async throws {
    let store = try SQLiteStore.open(path: try copy("\(version)-\(kind).strata"))
    let days = kind == "days"
    #expect(await refusesDurations(store, hours: days ? 24 : 1))
    let now = Timestamp(nanoseconds: 1_767_600_000_000_000_000 + 30 * 86_400_000_000_000)
    try store.rollUp(endingBefore: now)
    #expect(await refusesDurations(store, hours: days ? 24 : 1))
    let policy = RetentionPolicy(captures: .zero, minutes: .zero, hours: .zero)
    _ = try store.prune(policy, now: now)
    #expect(await refusesDurations(store, hours: 24))
    #expect(try store.verify().findings == [])
    // What comes later is known.
    var random = RandomRecords(seed: 4)
    var later = random.record(1, .nanoseconds)
    (later.kind, later.clock, later.duration) = (.traced, .wall, .nanoseconds(5))
    later.start = now
    _ = try await store.insert([later])
    let query = SliceQuery(
      ProfileSelection(since: now.advanced(bySeconds: -1)),
      metric: .duration,
      every: .seconds(86_400),
      grouping: .all
    )
    #expect(try await store.slices(query).series.map(\.total) == [MetricValue(5)])
  }

  @Test(arguments: stores)
  func `an upgrade that version 3 began goes on`(name: String) async throws {
    let path = try copy(name)
    _ = code { _ = try SQLiteStore.open(path: path) { done, total in done < total * 3 / 4 } }
    try await DatabaseQueue(path: path).write { db in
      #expect(try StoreSchema.currentVersion(db) == StoreSchema.upgradingVersion)
      try db.execute(
        sql: """
          DROP TABLE sumFigure;
          PRAGMA user_version = \(StoreSchema.olderUpgradingVersion);
          """
      )
    }
    #expect(code { _ = try SQLiteStore.open(path: path, mode: .readOnly) } == .olderVersion)
    let store = try SQLiteStore.open(path: path)
    #expect(try store.verify().findings == [])
    let isByDays = name.contains("days")
    let expected = try isByDays ? Self.byDays(Self.expected()) : Self.expected()
    #expect(try await sums(store, hours: isByDays ? 24 : 1) == expected)
  }

  @Test(arguments: stores + readableStores)
  func `an older store is upgraded when it is opened for writing, and nothing is lost`(
    name: String
  ) async throws {
    let path = try copy(name)
    var steps: [(done: Int, total: Int)] = []
    let store = try SQLiteStore.open(path: path, mode: .readWrite(create: false)) { done, total in
      steps.append((done, total))
      return true
    }
    #expect(steps.count > (name.contains("version2") ? 5 : 1))
    #expect(steps.last?.done == steps.last?.total)
    #expect(try store.verify().findings == [])
    let isByDays = name.contains("days")
    let hours: Int64 = isByDays ? 24 : 1
    var expected = try Self.expected()
    if isByDays { expected = Self.byDays(expected) }
    #expect(try await sums(store, hours: hours) == expected)
    // A second opening changes nothing.
    var isUpgraded = false
    _ = try SQLiteStore.open(path: path) { _, _ in
      isUpgraded = true
      return true
    }
    #expect(!isUpgraded)
    #expect(try await sums(SQLiteStore.open(path: path, mode: .readOnly), hours: hours) == expected)
  }

  @Test func `an older store is backed up as it is, and not read`() async throws {
    let source = try SQLiteStore.open(path: try copy("version2-pruned.strata"), mode: .backup)
    #expect(code { _ = try source.statistics() } == .olderVersion)
    #expect(await code { _ = try await source.insert([]) } == .readOnly)
    try source.backup(to: folder.file("copy.strata"))
    #expect(
      code { _ = try SQLiteStore.open(path: folder.file("copy.strata"), mode: .readOnly) }
        == .olderVersion
    )
    let store = try SQLiteStore.open(path: folder.file("copy.strata"))
    #expect(try await sums(store, hours: 1) == Self.expected())
  }

  @Test(arguments: ["rolled", "pruned", "hours", "days"])
  func `a store of this version that another commit wrote is read as it is`(
    name: String
  ) async throws {
    let path = try copy("version\(StoreSchema.version)-\(name).strata")
    let store = try SQLiteStore.open(path: path, mode: .readOnly)
    #expect(try store.verify().findings == [])
    let expected = try name == "days" ? Self.byDays(Self.expected()) : Self.expected()
    #expect(try await sums(store, hours: name == "days" ? 24 : 1) == expected)
    #expect(
      try await durations(store, hours: name == "days" ? 24 : 1)
        == Self.expectedDurations(days: name == "days")
    )
  }

  private static func byDays(_ hours: Set<Sums>) -> Set<Sums> {
    var days: [String: Sums] = [:]
    for var sums in hours {
      sums.hour = sums.hour / 24 * 24
      let key = "\(sums.clock) \(sums.hour) \(sums.endpoint)"
      guard let known = days[key] else {
        days[key] = sums
        continue
      }
      sums.captures += known.captures
      sums.calls += known.calls
      sums.selfTime += known.selfTime
      days[key] = sums
    }
    return Set(days.values)
  }

  @Test(arguments: stores)
  func `an upgrade that is stopped at any step goes on where it was`(name: String) throws {
    let whole = try copy(name)
    _ = try SQLiteStore.open(path: whole)
    let expected = try dump(whole)
    let path = folder.file("stopped.strata")
    try FileManager.default.copyItem(
      at: Self.fixtures.appending(path: name),
      to: URL(filePath: path)
    )
    var stops = 0
    while true {
      // Each time some batches, and then no further: at last all of them.
      var calls = 0
      let stopped = code {
        _ = try SQLiteStore.open(path: path) { _, _ in
          calls += 1
          return calls <= 1 + stops / 2
        }
      }
      guard stopped == .olderVersion else { break }
      stops += 1
      let reading = code { _ = try SQLiteStore.open(path: path, mode: .readOnly) }
      #expect(reading == .olderVersion)
      try #require(stops < 200)
    }
    #expect(stops > 3)
    #expect(try dump(path) == expected)
    #expect(try SQLiteStore.open(path: path).verify().findings == [])
  }

  /// All rows of all tables.
  private func dump(_ path: String) throws -> [String] {
    try DatabaseQueue(path: path).read { db in
      let tables = try String.fetchAll(
        db,
        sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
      )
      return try tables.flatMap { table in
        try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }.sorted()
      }
    }
  }

  @Test func `names whose canonical form had an address again are one function now`() async throws {
    let store = try SQLiteStore.open(path: try copy("version2-rolled.strata"))
    let selection = ProfileSelection(kind: .traced, clock: .wall)
    let series = try await store.slices(
      SliceQuery(selection, metric: .calls, every: .seconds(86_400), top: nil)
    )
    let names = series.series.map { "\($0.key)" }.filter { $0.contains("a.py:1") }
    #expect(names == ["a.py:1(x)"])
  }

  @Test func `captures of an older store cover nobody knows what`() async throws {
    let store = try SQLiteStore.open(path: try copy("version2-rolled.strata"))
    try await store.read { snapshot in
      try await snapshot.forEachCapture(.all) { #expect($0.covers == .unknown) }
    }
  }

  @Test func `damage in an older store is damage in the new one`() throws {
    for (number, (sql, isRead)) in [
      ("UPDATE profile SET selfTimes = zeroblob(length(selfTimes)) WHERE id = 7", false),
      ("UPDATE sum SET figures = zeroblob(length(figures))", true),
    ].enumerated() {
      let path = try copy("version2-rolled.strata", as: "\(number).strata")
      try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
      let store = try SQLiteStore.open(path: path)
      let report = try store.verify()
      #expect(!report.isWhole, "\(sql)")
      if !isRead { #expect(report.findings.contains { $0.location?.row == 7 }, "\(sql)") }
    }
  }

  @Test func `a foreign table in an older store is refused before anything is changed`() throws {
    let path = try copy("version2-rolled.strata")
    try DatabaseQueue(path: path).write {
      try $0.execute(sql: "CREATE TRIGGER t AFTER INSERT ON profile BEGIN DELETE FROM meta; END")
    }
    let before = try folder.read("version2-rolled.strata")
    #expect(code { _ = try SQLiteStore.open(path: path) } == .damaged)
    #expect(try folder.read("version2-rolled.strata") == before)
  }

  /// Damages a store in a way that SQLite does not notice when it reads.
  private enum Loss {
    case statement(String)
    /// Rows of a table are gone, and are still in its indexes, as when a page was not written.
    case rows(table: String, id: Int)

    func happen(to path: String) throws {
      try DatabaseQueue(path: path).writeWithoutTransaction { db in
        switch self {
        case .statement(let sql): try db.execute(sql: sql)
        case .rows(let table, let id):
          let query = "SELECT sql FROM sqlite_schema WHERE name = ?"
          let sql = try #require(try String.fetchOne(db, sql: query, arguments: [table]))
          try db.execute(
            sql: """
              PRAGMA writable_schema = ON;
              \(sql.replacing("CREATE TABLE \(table)", with: "CREATE TABLE lost"));
              INSERT INTO lost SELECT * FROM \(table) WHERE id <> \(id);
              UPDATE sqlite_schema SET rootpage = (
                SELECT rootpage FROM sqlite_schema WHERE name = 'lost'
              ) WHERE name = '\(table)';
              DELETE FROM sqlite_schema WHERE tbl_name = 'lost';
              """
          )
        }
      }
    }
  }

  @Test func `what an older store lost is told before anything is changed`() throws {
    let losses: [Loss] = [
      .statement("DELETE FROM labelSetLabel WHERE labelSet = 3"),
      .statement("UPDATE labelSet SET labels = x'01000000' WHERE id = 3"),
      .statement("UPDATE profile SET start = start + 1 WHERE id = 7"),
      .statement("UPDATE profile SET kind = CAST(x'ff00' AS TEXT) WHERE id = 7"),
      .statement("UPDATE rollup SET captureCount = captureCount + 1 WHERE level = 'hour'"),
      .statement("DELETE FROM figureKind"),
      .rows(table: "label", id: 2), .rows(table: "profile", id: 7),
    ]
    for (number, loss) in losses.enumerated() {
      let name = "\(number).strata"
      let path = try copy("version2-rolled.strata", as: name)
      try loss.happen(to: path)
      let before = try folder.read(name)
      #expect(code { _ = try SQLiteStore.open(path: path) } == .damaged, "\(loss)")
      #expect(try folder.read(name) == before)
    }
  }

  @Test
  func `names and pages that SQLite finds damaged stop an upgrade before anything is changed`()
    throws
  {
    let whole = try folder.read(URL(filePath: copy("version2-rolled.strata")).lastPathComponent)
    // A name differs from its index; a page of figures is none.
    let name = try #require(whole.firstRange(of: Array("a.py".utf8)))
    let root = try DatabaseQueue(path: folder.file("version2-rolled.strata")).read {
      try #require(
        try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'profile'")
      )
    }
    for place in [name.lowerBound, (root - 1) * 4_096] {
      var damaged = whole
      damaged[place] ^= 0x08
      try folder.write(damaged, "damaged.strata")
      for _ in 0..<2 {
        #expect(code { _ = try SQLiteStore.open(path: folder.file("damaged.strata")) } == .damaged)
      }
      #expect(try folder.read("damaged.strata") == damaged)
    }
  }

  @Test func `a writer that an upgrade overtakes stores nothing`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomRecords(seed: 3)
    _ = try await store.insert([random.record(0, .nanoseconds)])
    for version in [StoreSchema.version + 1, StoreSchema.upgradingVersion] {
      try await DatabaseQueue(path: folder.file()).write {
        try $0.execute(sql: "PRAGMA user_version = \(version)")
      }
      let expected: StoreError.Code =
        version == StoreSchema.upgradingVersion ? .olderVersion : .newerVersion
      #expect(
        await code { _ = try await store.insert([random.record(1, .nanoseconds)]) } == expected
      )
      #expect(await code { try await store.read { _ in } } == expected)
    }
  }
}

#endif
