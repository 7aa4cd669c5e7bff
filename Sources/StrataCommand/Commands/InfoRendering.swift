// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore
import StrataQuery
import StrataSQLite

/// What `strata store info` prints for people: a heading, and a line for each thing.
struct StoreInfoText {
  private let statistics: StoreStatistics
  private let path: String
  private static let nameWidth = 12

  init(_ statistics: StoreStatistics, path: String) {
    self.statistics = statistics
    self.path = path
  }

  var text: String {
    let lines = [captures, rows, pruned].compactMap(\.self) + rollups + [names, file] + content
    return ([path] + lines).joined(separator: "\n") + "\n"
  }

  private func line(_ name: String, _ values: String...) -> String {
    let padding = String(repeating: " ", count: max(1, Self.nameWidth - name.count))
    return "  " + name + padding + values.joined(separator: ", ")
  }

  private var captures: String {
    guard let first = statistics.firstStart, let last = statistics.lastStart else {
      return line("captures", "0")
    }
    return line("captures", "\(statistics.profileCount)", "\(first.iso8601) to \(last.iso8601)")
  }

  private var rows: String? {
    guard let bytes = statistics.bytesPerRow else { return nil }
    let hundredths = Int64((bytes * 100).rounded())
    return line(
      "rows",
      "\(statistics.functionRows) functions",
      "\(statistics.edgeRows) callers",
      "\(statistics.shapeCount) shared lists",
      "\(hundredths / 100).\((hundredths % 100).padded(to: 2)) B a row"
    )
  }

  private var pruned: String? {
    statistics.capturesPrunedBefore.map { line("pruned", "captures before \($0.iso8601)") }
  }

  private var rollups: [String] {
    statistics.rollups.map { level in
      var text = "\(level.count) sums"
      if level.waitingSlices > 0 { text += ", \(level.waitingSlices) slices wait" }
      if let time = level.prunedBefore { text += ", those before \(time.iso8601) pruned" }
      return line(level.level.rawValue + "s", text)
    }
  }

  private var names: String {
    line(
      "names",
      "\(statistics.functionCount) functions",
      "\(statistics.edgeCount) edges",
      "\(statistics.stringCount) texts",
      "\(statistics.labelCount) labels in \(statistics.labelSetCount) sets"
    )
  }

  private var file: String {
    line(
      "file",
      statistics.byteCount.byteText,
      "\(statistics.freeByteCount.byteText) of it free",
      "log \(statistics.logByteCount.byteText)"
    )
  }

  private var content: [String] {
    guard let content = statistics.content else { return [] }
    return [
      line(
        "content",
        "functions \(content.functions.byteText)",
        "callers \(content.edges.byteText)",
        "shared lists \(content.shapes.byteText)",
        "sums \(content.rollups.byteText)",
        "names \(content.names.byteText)"
      )
    ]
  }
}

extension JSONWriter {
  /// Writes what a store holds in the schema `strata/store/1`.
  mutating func storeStatistics(_ statistics: StoreStatistics, path: String) {
    object { json in
      json.field("schema", "strata/store/1")
      json.field("path", path)
      json.object("captures") { json in
        json.field("count", statistics.profileCount)
        json.time("firstStart", statistics.firstStart)
        json.time("lastStart", statistics.lastStart)
        json.time("prunedBefore", statistics.capturesPrunedBefore)
        json.field("functionRows", statistics.functionRows)
        json.field("edgeRows", statistics.edgeRows)
        json.field("shapes", statistics.shapeCount)
      }
      json.array("rollups") { json in
        for level in statistics.rollups { json.level(level) }
      }
      json.object("names") { json in
        json.field("functions", statistics.functionCount)
        json.field("edges", statistics.edgeCount)
        json.field("strings", statistics.stringCount)
        json.field("labels", statistics.labelCount)
        json.field("labelSets", statistics.labelSetCount)
      }
      json.object("file") { json in
        json.field("bytes", statistics.byteCount)
        json.field("freeBytes", statistics.freeByteCount)
        json.field("logBytes", statistics.logByteCount)
        if let bytes = statistics.bytesPerRow {
          json.field("bytesPerRow", bytes)
        } else {
          json.null("bytesPerRow")
        }
      }
      if let content = statistics.content { json.object("content") { $0.content(content) } }
    }
  }

  private mutating func level(_ level: StoreStatistics.Level) {
    object { json in
      json.field("level", level.level.rawValue)
      json.field("count", level.count)
      json.field("waitingSlices", level.waitingSlices)
      json.time("prunedBefore", level.prunedBefore)
    }
  }

  private mutating func content(_ content: StoreStatistics.Content) {
    field("functions", content.functions)
    field("edges", content.edges)
    field("shapes", content.shapes)
    field("rollups", content.rollups)
    field("names", content.names)
  }

  private mutating func time(_ key: String, _ time: Timestamp?) {
    if let time { field(key, time.iso8601) } else { null(key) }
  }
}
#endif
