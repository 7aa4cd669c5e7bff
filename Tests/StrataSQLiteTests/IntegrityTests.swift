// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for files.
import Foundation
import GRDB
import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

/// A damaged store answers as if it were whole, or says that it is damaged: nothing in between.
struct IntegrityTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// A store of captures that are rolled up, of which those of the first day are pruned if asked for.
  private func makeStore(isPruned: Bool) async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomTraffic(seed: 5)
    let records = random.batches().flatMap(\.self)
    _ = try await store.insert(Array(records[..<300]))
    try store.rollUp(endingBefore: RandomTraffic.end)
    if isPruned {
      let now = RandomTraffic.start.advanced(bySeconds: 86_400)
      _ = try store.prune(RetentionPolicy(captures: .seconds(40_000)), now: now)
    }
    _ = try await store.insert(records)
    _ = try await store.pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
  }

  private enum Answer: Hashable {
    case value(AnyHashable)
    case refused(QueryError)
    case damaged
  }

  /// The answers to questions that read captures, labels, roll-ups and names.
  private func answers(_ path: String) async throws -> [Answer] {
    let store: SQLiteStore
    do {
      store = try SQLiteStore.open(path: path, mode: .readOnly)
    } catch {
      #expect(error.code == .damaged)
      return [.damaged]
    }
    let all = ProfileSelection(kind: .traced)
    let endpoint = try CaptureFilter(parsing: "endpoint=/1")
    let two = try CaptureFilter(parsing: "endpoint=/1,host=h1")
    let later = RandomTraffic.start.advanced(bySeconds: 45_001)
    let questions: [SliceQuery] = [
      SliceQuery(all, metric: .calls, every: .seconds(3_600), grouping: .all),
      SliceQuery(all, every: .seconds(60), top: 3),
      SliceQuery(all, metric: .captures, every: .seconds(86_400), grouping: .label("host")),
      SliceQuery(
        ProfileSelection(filter: endpoint, kind: .traced),
        metric: .cumulativeTime,
        every: .seconds(3_600)
      ),
      SliceQuery(
        ProfileSelection(filter: two, kind: .traced),
        metric: .calls,
        every: .seconds(10)
      ),
      SliceQuery(
        ProfileSelection(since: later, kind: .traced),
        metric: .calls,
        statistic: .p95,
        every: .seconds(60),
        grouping: .all
      ),
      SliceQuery(
        all,
        metric: .duration,
        statistic: .mean,
        every: .seconds(3_600),
        grouping: .label("host")
      ),
    ]
    func answer(_ body: () async throws -> AnyHashable) async throws -> Answer {
      do {
        return .value(try await body())
      } catch let error as StoreError where error.code == .damaged {
        return .damaged
      } catch let error as QueryError {
        return .refused(error)
      }
    }
    var answers: [Answer] = []
    for query in questions { answers.append(try await answer { try await store.slices(query) }) }
    answers.append(try await answer { try await images(store) })
    answers.append(try await answer { try await store.merged(all).profile.image })
    return answers
  }

  private func change(_ name: String, _ sql: String) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: folder.file(name), configuration: configuration)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
  }

  /// Makes an index that lacks entries, as one whose page was lost has.
  private static func index(_ sql: String, without condition: String) -> String {
    let name = sql.split(separator: " ")[2]
    return """
      DROP INDEX \(name); \(sql) WHERE NOT (\(condition));
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = '\(sql)' WHERE name = '\(name)'
      """
  }

  private static let damages = [
    index(
      "CREATE INDEX captureStart ON capture (start, kind, clock, labelSet, duration)",
      without: "id = 70"
    ),
    index(
      "CREATE INDEX captureStart ON capture (start, kind, clock, labelSet, duration)",
      without: "id % 100 = 3"
    ),
    index(
      "CREATE INDEX captureLabels ON capture (labelSet, start, kind, clock)",
      without: "id % 50 = 3"
    ),
    index(
      "CREATE INDEX captureLabels ON capture (labelSet, start, kind, clock)",
      without: "labelSet = 2"
    ),
    "UPDATE capture SET kind = 'sampled' WHERE id = 80",
    "UPDATE capture SET clock = 'cpu' WHERE id = 80",
    "UPDATE capture SET start = start + 60000000000 WHERE id = 80",
    "UPDATE capture SET start = start - 3600000000000 WHERE id = 80",
    "UPDATE capture SET labelSet = labelSet % 3 + 1 WHERE id = 80",
    "UPDATE capture SET duration = 1 WHERE id = 80",
    "UPDATE capture SET weight = weight + 1 WHERE id = 80",
    "UPDATE capture SET covers = covers % 3 + 1 WHERE id = 80",
    "UPDATE capture SET unit = 1 WHERE id = 80",
    "UPDATE capture SET functions = (SELECT functions FROM capture WHERE id = 81) WHERE id = 80",
    """
    UPDATE capture SET selfTimes = (SELECT selfTimes FROM capture AS c WHERE c.id = capture.id + 1)
    WHERE id = 80
    """,
    "UPDATE capture SET id = 100000 WHERE id = 80",
    "UPDATE captureEdges SET capture = 100000 WHERE capture = 80",
    "DELETE FROM capture WHERE id = 80",
    "DELETE FROM capture WHERE id > 350",
    "DELETE FROM label WHERE id = 2",
    "UPDATE OR REPLACE label SET value = CAST('other' AS BLOB) WHERE id = 2",
    "UPDATE OR REPLACE label SET key = CAST('other' AS BLOB) WHERE id = 2",
    "DELETE FROM labelSet WHERE id = 3",
    "DELETE FROM labelSet WHERE id = (SELECT max(id) FROM labelSet)",
    "DELETE FROM labelSetLabel WHERE label = 2 AND labelSet = (SELECT max(labelSet) FROM labelSetLabel)",
    "UPDATE OR REPLACE labelSetLabel SET labelSet = 1 WHERE label = 2 AND labelSet <> 1",
    "DELETE FROM figureKind WHERE kind = 'traced'",
    "UPDATE OR REPLACE figureKind SET kind = 'rounded' WHERE kind = 'traced'",
    "UPDATE string SET bytes = CAST('other' AS BLOB) WHERE id = 3",
    "UPDATE function SET line = line + 1 WHERE id = 5",
    "UPDATE function SET name = file WHERE id = 5",
    "UPDATE function SET canonical = 1 WHERE id = 5",
    "UPDATE function SET canonical = id",
    "DELETE FROM function WHERE id = (SELECT max(id) FROM function)",
    "UPDATE OR REPLACE edge SET caller = callee WHERE id = 4",
    "DELETE FROM edge WHERE id = (SELECT max(id) FROM edge)",
    "DELETE FROM rollup WHERE level = 'hour'",
    "DELETE FROM rollup WHERE level = 'minute'",
    "DELETE FROM rollup WHERE level = 'day'",
    "DELETE FROM rollup",
    "DELETE FROM rollup WHERE label = 0 AND level = 'minute' AND start % 7 = 0",
    "UPDATE OR REPLACE rollup SET start = start + 60000000000 WHERE level = 'minute'",
    "UPDATE OR REPLACE rollup SET level = 'minute' WHERE level = 'day'",
    "UPDATE OR REPLACE rollup SET label = 2 WHERE label = 1",
    "UPDATE OR REPLACE rollup SET sum = (SELECT max(id) FROM sum) WHERE level = 'hour'",
    "UPDATE OR REPLACE rollup SET sliceCount = sliceCount + 1",
    "DELETE FROM sum",
    "UPDATE OR REPLACE sum SET id = -id",
    "UPDATE OR REPLACE sumEdges SET sum = -sum",
    "DELETE FROM sumFigure",
    "DELETE FROM sumFigure WHERE sum % 2 = 0",
    "UPDATE sumFigure SET total = total + 1",
    "UPDATE sumFigure SET carry = carry + 1",
    "UPDATE sumFigure SET captures = captures - 1",
    "UPDATE sumFigure SET captures = -1",
    "UPDATE OR REPLACE sumFigure SET sum = sum + 1",
    "UPDATE OR REPLACE sumFigure SET figure = 'other'",
    "DELETE FROM lateCapture",
    "DELETE FROM lateCapture WHERE level = 'minute'",
    "UPDATE OR REPLACE lateCapture SET start = start - 60000000000",
    "DELETE FROM captureCount",
    "UPDATE OR REPLACE captureCount SET captures = captures + 1 WHERE label = 0",
    "UPDATE OR REPLACE captureCount SET hour = hour + 1 WHERE label = 2",
    "DELETE FROM meta",
    "UPDATE meta SET value = '0'",
    "UPDATE meta SET value = '9000000000000000000'",
    "UPDATE OR REPLACE slice SET state = 0",
    "UPDATE OR REPLACE slice SET state = 2",
    "DELETE FROM slice",
    "DELETE FROM tally",
    "UPDATE tally SET rows = rows + 1",
    "UPDATE tally SET checksum = checksum - 1",
  ]

  @Test(arguments: [false, true])
  func `every damage is an error, or changes no answer`(isPruned: Bool) async throws {
    try await makeStore(isPruned: isPruned)
    let whole = try folder.read()
    let expected = try await answers(folder.file())
    #expect(!expected.contains(.damaged))
    var found = 0
    for sql in Self.damages {
      let name = "damaged.strata"
      try folder.write(whole, name)
      try change(name, sql)
      let answers = try await answers(folder.file(name))
      if answers == [.damaged] {
        found += 1
        continue
      }
      for (number, (answer, right)) in zip(answers, expected).enumerated() {
        // What was refused has no figures: another reason is no wrong answer.
        if case (.refused, .refused) = (answer, right) { continue }
        #expect(answer == right || answer == .damaged, "question \(number) after \(sql)")
      }
      if answers != expected { found += 1 }
    }
    // Some damage is of what no question needs, or of what is read from a second copy.
    #expect(found > Self.damages.count / 2)
  }

  @Test func `what an index lost of a minute that a range cuts is not hidden by its roll-up`()
    async throws
  {
    // A capture a second: minutes have roll-ups, and a range cuts two of them.
    let begin = Timestamp(nanoseconds: 1_767_603_600_000_000_000)
    var random = RandomRecords(seed: 9)
    let profile = random.profile(.nanoseconds, count: 3)
    let store = try SQLiteStore.open(path: folder.file())
    _ = try await store.insert(
      (0..<600).map { second in
        Capture(
          id: ProfileID(given: "\(second)"),
          start: begin.advanced(bySeconds: second),
          profile: profile
        )
      }
    )
    try store.rollUp(endingBefore: begin.advanced(bySeconds: 86_400))
    _ = try await store.pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    let range = ProfileSelection(
      since: begin.advanced(bySeconds: 200),
      until: begin.advanced(bySeconds: 490)
    )
    let query = SliceQuery(
      range,
      metric: .captures,
      every: .seconds(60),
      grouping: .all
    )
    #expect(try await store.slices(query).slices.map(\.captures) == [40, 60, 60, 60, 60, 10])
    let whole = try folder.read()
    for (id, isNeeded) in [(181, true), (205, true), (235, true), (300, false), (485, true)] {
      try folder.write(whole, "damaged.strata")
      let lost = Self.index(
        "CREATE INDEX captureStart ON capture (start, kind, clock, labelSet, duration)",
        without: "id = \(id)"
      )
      try change("damaged.strata", lost)
      let damaged = try SQLiteStore.open(path: folder.file("damaged.strata"), mode: .readOnly)
      do {
        #expect(try await damaged.slices(query) == store.slices(query))
        #expect(!isNeeded, "capture \(id)")
      } catch let error as StoreError {
        #expect(error.code == .damaged)
      }
    }
  }

  @Test func `what is left of pruned captures is not lost in silence`() async throws {
    let now = RandomTraffic.start.advanced(bySeconds: 86_400)
    for sql in [
      "DELETE FROM prunedCapture WHERE profileID = (SELECT min(profileID) FROM prunedCapture)",
      "DELETE FROM rollup WHERE level = 'hour'",
      "DELETE FROM rollup WHERE level = 'hour' AND label = 0",
    ] {
      try? FileManager.default.removeItem(atPath: folder.file())
      try await makeStore(isPruned: true)
      try change("profiles.strata", sql)
      let store = try SQLiteStore.open(path: folder.file(), mode: .readOnly)
      #expect(try !store.verify().isWhole, "\(sql)")
      // Nothing is added to it, and nothing more is taken from it.
      let error = #expect(throws: StoreError.self, "\(sql)") {
        let policy = RetentionPolicy(captures: .seconds(40_000), minutes: .zero)
        _ = try SQLiteStore.open(path: folder.file()).prune(policy, now: now)
      }
      #expect(error?.code == .damaged)
    }
  }
}

#endif
