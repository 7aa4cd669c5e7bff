// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A profile as rows, ready for a database or a data frame: one for each function, or each edge.
///
/// Times are the dump's seconds, in the shortest digits that read back to the same bits.
public struct ProfileTable: Sendable {
  private let profile: StatsProfile
  private let listing: ProfileListing

  /// Creates the rows of the functions that a listing shows.
  public init(_ profile: StatsProfile, _ listing: ProfileListing) {
    self.profile = profile
    self.listing = listing
  }

  private static let identity = ["file", "line", "name"]
  private static let figures = [
    "callCount", "primitiveCallCount", "selfTime", "cumulativeTime",
  ]

  /// A row for each function, as CSV, in memory as a whole: see ``writeCSV(_:to:)``.
  public var csv: [UInt8] {
    var bytes: [UInt8] = []
    writeCSV { bytes += $0 }
    return bytes
  }

  /// A row for each caller, as CSV, in memory as a whole: see ``writeCSVOfCallers(_:to:)``.
  public var csvOfCallers: [UInt8] {
    var bytes: [UInt8] = []
    writeCSVOfCallers { bytes += $0 }
    return bytes
  }

  /// The rows as JSON objects, one per line, in memory as a whole: see ``writeNDJSON(to:)``.
  public var ndjson: [UInt8] {
    var bytes: [UInt8] = []
    writeNDJSON { bytes += $0 }
    return bytes
  }

  /// Hands on a row for each function as CSV, piece by piece.
  ///
  /// - Parameters:
  ///   - texts: What becomes of texts that a spreadsheet would evaluate.
  ///   - output: Takes the pieces in their order, each of some 64 KiB of whole rows.
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writeCSV<Failure>(
    _ texts: CSVTexts = .harmless,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var text = DelimitedText(header: Self.identity + Self.figures, texts: texts)
    for row in listing.rows {
      let function = profile.function(ofRow: row)
      text.row(function.cells + profile.statistics(of: profile.rows[row]).cells)
      try text.pass(to: output)
    }
    try text.pass(to: output, always: true)
  }

  /// Hands on, as CSV, a row for each caller of the functions that are shown, piece by piece;
  /// unknown figures are empty.
  ///
  /// - Parameters:
  ///   - texts: What becomes of texts that a spreadsheet would evaluate.
  ///   - output: Takes the pieces in their order, each of some 64 KiB of whole rows.
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writeCSVOfCallers<Failure>(
    _ texts: CSVTexts = .harmless,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let caller = ["callerFile", "callerLine", "callerName"]
    var text = DelimitedText(header: caller + Self.identity + Self.figures, texts: texts)
    let functions = profile.functionTable.functions
    for row in listing.rows {
      let function = functions[Int(profile.rows[row].function)].cells
      for edge in profile.edges[profile.rows[row].edgeRange] {
        text.row(functions[Int(edge.caller)].cells + function + profile.figures(of: edge).cells)
        try text.pass(to: output)
      }
    }
    try text.pass(to: output, always: true)
  }

  /// Hands on each function, callers included, as a JSON object, one per line, piece by piece.
  ///
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writeNDJSON<Failure>(
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var json = JSONWriter()
    let functions = profile.functions
    for row in listing.rows {
      json.function(functions[row])
      json.endDocument()
      try json.pass(to: output)
    }
    try json.pass(to: output, always: true)
  }
}

extension CallStatistics {
  fileprivate var cells: [DelimitedText.Cell] {
    [callCount.digits, primitiveCallCount.digits, "\(selfTime)", "\(cumulativeTime)"]
      .map { .value($0) }
  }
}

extension CallEdge.Figures {
  fileprivate var cells: [DelimitedText.Cell] {
    switch self {
    case .full(let statistics): statistics.cells
    case .countOnly(let count): [.value(count.digits), .empty, .empty, .empty]
    }
  }
}
