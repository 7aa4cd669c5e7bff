// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A comparison as rows, one for each function, ready for a database or a data frame.
///
/// Functions that a limit took out have no rows, and neither has the total: sums over the rows are
/// the reader's. Times are nanoseconds.
public struct ProfileComparisonTable: Sendable {
  private let comparison: ProfileComparison

  /// Creates the rows of a comparison.
  public init(_ comparison: ProfileComparison) {
    self.comparison = comparison
  }

  private static let figures:
    [(name: String, of: @Sendable (ProfileDifference) -> ProfileDifference.Figure)] = [
      ("callCount", { $0.callCount }), ("primitiveCallCount", { $0.primitiveCallCount }),
      ("selfTime", { $0.selfTime }), ("cumulativeTime", { $0.cumulativeTime }),
      ("selfTimePerCall", { $0.selfTimePerCall }),
      ("cumulativeTimePerCall", { $0.cumulativeTimePerCall }),
    ]

  /// The rows as CSV; what is undefined is empty.
  public var csv: [UInt8] {
    let figures = Self.figures.flatMap { ["\($0.name)Old", "\($0.name)New", "\($0.name)Change"] }
    var text = DelimitedText(
      header: identity + ["presence"] + figures + ["moreCalls", "slowerCalls"]
    )
    for change in comparison.functions { text.row(row(of: change)) }
    return text.bytes
  }

  /// The rows as JSON objects, one a line.
  public var ndjson: [UInt8] {
    var json = JSONWriter()
    for change in comparison.functions {
      json.change(change, comparison.grouping)
      json.endDocument()
    }
    return json.bytes
  }

  private var identity: [String] {
    comparison.grouping == .name ? ["file", "name"] : ["file", "line", "name"]
  }

  private func row(of change: FunctionChange) -> [ByteString] {
    let function = change.function
    let line = comparison.grouping == .name ? [] : [ByteString("\(function.line)")]
    let figures = Self.figures.map { $0.of(change.difference) }
      .flatMap { [$0.old?.digits, $0.new?.digits, $0.change?.digits] }
    let causes = [change.difference.moreCalls, change.difference.slowerCalls].map(\.digits)
    return [function.file] + line + [function.name, ByteString(change.presence.rawValue)]
      + (figures + causes).map { ByteString($0 ?? "") }
  }
}
