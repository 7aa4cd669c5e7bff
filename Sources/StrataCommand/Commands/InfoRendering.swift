// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore
import StrataQuery
import StrataService

/// What `strata info` prints for people: a line for each thing, and a table of labels.
struct InfoText {
  private let info: StoreInfo
  private static let nameWidth = 12

  init(_ info: StoreInfo) {
    self.info = info
  }

  var text: String {
    let head = info.store ?? Self.name(of: info.paths)
    var lines = [head, captures] + kinds + [functions]
    if let statistics = info.statistics { lines += self.lines(of: statistics) }
    return (lines + labels).joined(separator: "\n") + "\n"
  }

  private static func name(of paths: [String]) -> String {
    paths.count == 1 ? paths[0] : "\(paths[0]) and \(paths.count - 1) more"
  }

  private func line(_ name: String, _ values: String...) -> String {
    let padding = String(repeating: " ", count: max(1, Self.nameWidth - name.count))
    return "  " + name + padding + values.joined(separator: ", ")
  }

  private var captures: String {
    guard let first = info.captures.first, let last = info.captures.last else {
      return line("captures", "0")
    }
    return line("captures", "\(info.captures.captures)", "\(first.iso8601) to \(last.iso8601)")
  }

  private var kinds: [String] {
    info.captures.groups.map { group in
      line(group.kind.rawValue, "\(group.captures)", "\(group.clock.rawValue) clock")
    }
  }

  private var functions: String {
    guard let statistics = info.statistics else {
      return line("functions", "\(info.captures.functions)")
    }
    return line(
      "functions",
      "\(info.captures.functions)",
      "\(statistics.edgeCount) caller-callee pairs"
    )
  }

  // MARK: - Stores

  private func lines(of statistics: StoreStatistics) -> [String] {
    [rows(statistics), pruned(statistics)].compactMap(\.self) + rollups(statistics)
      + [disk(statistics)] + content(statistics)
  }

  private func rows(_ statistics: StoreStatistics) -> String? {
    guard let bytes = statistics.bytesPerRow else { return nil }
    let hundredths = Int64((bytes * 100).rounded())
    return line(
      "rows",
      "\(statistics.functionRows) functions",
      "\(statistics.edgeRows) callers",
      "\(hundredths / 100).\((hundredths % 100).padded(to: 2)) B each"
    )
  }

  private func pruned(_ statistics: StoreStatistics) -> String? {
    statistics.capturesPrunedBefore.map { line("pruned", "captures before \($0.iso8601)") }
  }

  private func rollups(_ statistics: StoreStatistics) -> [String] {
    statistics.rollups.map { level in
      var text = "\(level.count) roll-ups"
      if level.waitingSlices > 0 { text += ", \(level.waitingSlices) slices to roll up" }
      if let time = level.prunedBefore { text += ", pruned before \(time.iso8601)" }
      return line(level.level.rawValue + "s", text)
    }
  }

  private func disk(_ statistics: StoreStatistics) -> String {
    line(
      "disk",
      statistics.byteCount.byteText,
      "\(statistics.freeByteCount.byteText) free",
      "log \(statistics.logByteCount.byteText)"
    )
  }

  private func content(_ statistics: StoreStatistics) -> [String] {
    guard let content = statistics.content else { return [] }
    return [
      line(
        "content",
        "functions \(content.functions.byteText)",
        "callers \(content.edges.byteText)",
        "function lists \(content.shapes.byteText)",
        "roll-ups \(content.rollups.byteText)",
        "names \(content.names.byteText)"
      )
    ]
  }

  // MARK: - Labels

  private var labels: [String] {
    guard !info.captures.labels.isEmpty else { return [] }
    var rows = [["label", "value", "captures", "share", "first", "last"]]
    for label in info.captures.labels {
      for (index, value) in label.values.enumerated() {
        rows.append(cells(of: value, of: index == 0 ? label.key : "", label.key))
      }
      let shown = label.values.count { $0.value != nil }
      if shown < label.valueCount {
        rows.append(["", "… \(label.valueCount - shown) more: --key \(label.key)"])
      }
    }
    let widths = (0..<5).map { column in
      rows.map { $0.count == 6 ? $0[column].count : 0 }.max() ?? 0
    }
    return [""]
      + rows.map { row in
        let cells = row.enumerated().map { column, text in
          let room = column < widths.count ? max(0, widths[column] - text.count) : 0
          let padding = String(repeating: " ", count: room)
          return [2, 3].contains(column) ? padding + text : text + padding
        }
        return "  " + cells.joined(separator: "  ").trimmingTrailingSpaces
      }
  }

  private func cells(of value: CaptureContent.Value, of name: String, _ key: String) -> [String] {
    let thousandths = (value.captures * 2_000 / max(1, info.captures.captures) + 1) / 2
    let text = value.value.map { $0.isEmpty ? "\"\"" : $0 } ?? "(no \(key))"
    return [
      name, text, "\(value.captures)", "\(thousandths / 10).\(thousandths % 10) %",
      value.first?.second ?? "–", value.last?.second ?? "–",
    ]
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    guard let last = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...last])
  }
}

extension Timestamp {
  /// The time to the second, which is enough for a table.
  fileprivate var second: String {
    let seconds = nanoseconds / 1_000_000_000 - (nanoseconds % 1_000_000_000 < 0 ? 1 : 0)
    return Timestamp(nanoseconds: seconds * 1_000_000_000).iso8601
  }
}
#endif
