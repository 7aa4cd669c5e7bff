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

  /// The rows as CSV, in memory as a whole: see ``writeCSV(_:to:)``.
  public var csv: [UInt8] {
    var bytes: [UInt8] = []
    writeCSV { bytes += $0 }
    return bytes
  }

  /// The rows as JSON objects, one per line, in memory as a whole: see ``writeNDJSON(to:)``.
  public var ndjson: [UInt8] {
    var bytes: [UInt8] = []
    writeNDJSON { bytes += $0 }
    return bytes
  }

  /// Hands the rows on as CSV, piece by piece; what is undefined is empty.
  ///
  /// - Parameters:
  ///   - texts: What becomes of texts that a spreadsheet would evaluate.
  ///   - output: Takes the pieces in their order, each of some 64 KiB of whole rows.
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writeCSV<Failure>(
    _ texts: CSVTexts = .harmless,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let figures = Self.figures.flatMap { figure in
      ["Before", "After", "Change"].map { figure.name + $0 }
    }
    var text = DelimitedText(
      header: identity + ["presence"] + figures + ["moreCalls", "slowerCalls"],
      texts: texts
    )
    for change in comparison.functions {
      text.row(cells(of: change))
      try text.pass(to: output)
    }
    try text.pass(to: output, always: true)
  }

  /// Hands the rows on as JSON objects, one per line, piece by piece.
  ///
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writeNDJSON<Failure>(
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var json = JSONWriter()
    for change in comparison.functions {
      json.change(change, comparison.grouping)
      json.endDocument()
      try json.pass(to: output)
    }
    try json.pass(to: output, always: true)
  }

  private var identity: [String] {
    comparison.grouping == .name ? ["file", "name"] : ["file", "line", "name"]
  }

  private func cells(of change: FunctionChange) -> [DelimitedText.Cell] {
    var identity = change.function.cells
    if comparison.grouping == .name { identity.remove(at: 1) }
    let figures = Self.figures.map { $0.of(change.difference) }
      .flatMap { [$0.before?.digits, $0.after?.digits, $0.change?.digits] }
    let causes = [change.difference.moreCalls, change.difference.slowerCalls].map(\.digits)
    return identity + [.value(change.presence.rawValue)]
      + (figures + causes).map { $0.map { .value($0) } ?? .empty }
  }
}
