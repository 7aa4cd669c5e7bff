// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataExport
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

/// Results that are handed on piece by piece: the pieces are the whole, and bounded.
struct PieceTests {
  private struct Full: Error, Equatable {}

  private typealias Output = ([UInt8]) throws -> Void

  private static let records: [Capture] = (0..<40).map { number in
    .capture(
      at: Int64(number) * 1_000,
      labels: ["input": "\(number % 7)"],
      (0..<60).map {
        Cost(.at(ByteString("/srv/app/module\($0 % 9).py"), $0, "f"), calls: 3, selfTime: 7)
      }
    )
  }

  /// What each way of writing hands on, and its text as a whole.
  private static func writers() async throws -> [(whole: [UInt8], write: (Output) throws -> Void)] {
    let store = try MemoryStore(records)
    let slices = try await store.slices(SliceQuery(every: .nanoseconds(1_000)))
    let inputs = try await store.inputs(InputQuery())
    let half = ProfileSelection(until: Timestamp(nanoseconds: 20_000))
    let comparison = try await store.comparison(ComparisonQuery(before: half, after: .all))
    let profile = StatsProfile(
      functions: (0..<2_000).map { number in
        FunctionProfile(
          function: .at("/srv/app.py", number, "f"),
          statistics: .of(1, 0.1, 0.1),
          callers: [CallEdge(caller: .at("/srv/app.py", 0, "f"), figures: .full(.of(1, 0.1, 0.1)))]
        )
      }
    )
    let tree = try CallTree(profile)
    let data = ProfileData(profile, try ListingQuery().listing(of: profile))
    let results: [any DataResult] = [
      slices, inputs, comparison, data, data.callers, CallTreeData(tree, captures: 1),
    ]
    var writers: [(whole: [UInt8], write: (Output) throws -> Void)] = []
    for result in results {
      for format in DataFormat.all + [.table] {
        func write(_ output: Output) throws { try format.write(result) { try output($0) } }
        writers.append((format.bytes(result), write))
      }
    }
    return writers
  }

  @Test func `the pieces are the whole`() async throws {
    var largest = 0
    for (whole, write) in try await Self.writers() {
      var pieces: [[UInt8]] = []
      try write { pieces.append($0) }
      #expect(Array(pieces.joined()) == whole)
      #expect(pieces.allSatisfy { !$0.isEmpty && $0.count < 80_000 })
      largest = max(largest, pieces.count)
    }
    #expect(largest > 3)
  }

  @Test func `nothing is handed on after a failure`() async throws {
    for (_, write) in try await Self.writers() {
      var count = 0
      #expect(throws: Full.self) {
        try write { _ in
          count += 1
          throw Full()
        }
      }
      #expect(count == 1)
    }
  }

  @Test func `a report for a terminal escapes names and sources, and its columns line up`()
    async throws
  {
    let functions: [Function] = [
      .at("a\u{1B}[2J.py", 1, "f\ng\u{9B}\u{202E}"), .at("plain.py", 2, "main"),
      Function(
        file: ByteString([0x63, 0xED, 0xB3, 0xA9]),
        line: 3,
        name: ByteString([0xFF, 0x0D])
      ),
    ]
    let profile = StatsProfile(
      functions: functions.map { function in
        FunctionProfile(
          function: function,
          statistics: .of(1, 1, 1),
          callers: [CallEdge(caller: functions[1], figures: .full(.of(1, 1, 1)))]
        )
      }
    )
    var report = PstatsReport(
      profile,
      try ListingQuery().listing(of: profile),
      sources: ["now    x\u{1B}y.prof"]
    )
    let plain = [report.statistics, report.callers, report.callees]
    #expect(plain.allSatisfy { $0.contains(0x1B) && $0.contains(0xFF) })
    report.escapesControls = true
    for bytes in [report.statistics, report.callers, report.callees] {
      let text = try #require(String(validating: bytes, as: UTF8.self))
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !$0.controlsDisplay })
      #expect(text.contains(#"a\x1b[2J.py:1(f\ng\x9b\u202e)"#))
      #expect(text.contains(#"c\udce9:3(\udcff\r)"#))
    }
    #expect(String(decoding: report.statistics, as: UTF8.self).hasPrefix(#"now    x\x1by.prof"#))
    let arrows = String(decoding: report.callers, as: UTF8.self).split(separator: "\n")
      .compactMap { line in
        line.firstRange(of: "<-").map { line.distance(from: line.startIndex, to: $0.lowerBound) }
      }
    #expect(arrows.count == 3 && Set(arrows).count == 1)
  }
}
