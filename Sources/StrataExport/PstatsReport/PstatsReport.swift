// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A report of a profile as text, byte for byte what CPython 3.13's pstats prints.
///
/// ```swift
/// let listing = try ListingQuery(order: ProfileOrder([.selfTime]), limits: [.count(10)])
///   .listing(of: profile)
/// print(String(decoding: PstatsReport(profile, listing).statistics, as: UTF8.self))
/// ```
///
/// Names are written unchanged, control characters included, and columns are counted in code
/// points, since that is what pstats does; for a terminal, ``escapesControls`` has them escaped. Source: `print_stats`, `print_callers` and
/// `print_callees` in CPython's `Lib/pstats.py`.
public struct PstatsReport: Sendable {
  /// The profile that is reported.
  public var profile: StatsProfile
  /// The functions that are shown.
  public var listing: ProfileListing
  /// The lines that say where the profile comes from; pstats has one for each file.
  public var sources: [String]
  /// Whether names and sources have escapes such as `\x1b` for what a terminal would obey, and for
  /// what is not UTF-8.
  public var escapesControls = false

  /// Creates a report of some functions of a profile.
  public init(_ profile: StatsProfile, _ listing: ProfileListing, sources: [String] = []) {
    self.profile = profile
    self.listing = listing
    self.sources = sources
  }

  /// What a report says of each function shown.
  public enum Part: Hashable, Sendable {
    /// Its figures.
    case statistics
    /// The functions that called it.
    case callers
    /// The functions that it called.
    case callees
  }

  /// The figures of each function, after the totals.
  ///
  /// - Complexity: O(*n*) in the functions shown.
  public var statistics: [UInt8] { whole(.statistics) }

  /// The functions that called each function shown, in the order of file, line and name.
  ///
  /// Where only the number of calls is known, the time beside it is the whole cumulative time of
  /// the caller, as in pstats; it is left out where the caller has no figures, at which pstats
  /// fails.
  ///
  /// - Complexity: O(*n* log *n*) in the callers shown.
  public var callers: [UInt8] { whole(.callers) }

  /// The functions that each function shown called.
  ///
  /// - Complexity: O(*n* log *n*) in the callers of the whole profile.
  public var callees: [UInt8] { whole(.callees) }

  /// Hands a report on piece by piece, so that its text is never in memory as a whole.
  ///
  /// ```swift
  /// try report.write(.statistics) { try file.write(contentsOf: $0) }
  /// ```
  ///
  /// - Parameters:
  ///   - part: What is said of each function.
  ///   - output: Takes the pieces in order, each of some 64 KiB and ending with a line.
  /// - Throws: What `output` throws; nothing is handed on after it.
  /// - Complexity: That of the part, and the memory of a piece.
  public func write<Failure>(
    _ part: Part,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var text = ReportText()
    switch part {
    case .statistics: try writeStatistics(&text, output)
    case .callers: try writeCallers(&text, output)
    case .callees: try writeCallees(&text, output)
    }
    try text.pass(to: output, always: true)
  }

  private func whole(_ part: Part) -> [UInt8] {
    var bytes: [UInt8] = []
    write(part) { bytes += $0 }
    return bytes
  }

  private func writeStatistics<Failure>(
    _ text: inout ReportText,
    _ output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    appendTotals(to: &text)
    guard !listing.rows.isEmpty else { return }
    appendHeader(to: &text)
    text.line("   ncalls  tottime  percall  cumtime  percall filename:lineno(function)")
    for row in listing.rows {
      appendFigures(profile.statistics(of: profile.rows[row]), to: &text)
      append(profile.rows[row].function, to: &text)
      text.newline()
      try text.pass(to: output)
    }
    text.line("\n")
  }

  private func appendTotals(to text: inout ReportText) {
    for source in sources { text.line(escapesControls ? source.escapedForDisplay : source) }
    if !sources.isEmpty { text.newline() }
    for function in topLevel {
      text.append("         ")
      text.append(shown(function.name))
      text.newline()
    }
    let (calls, primitiveCalls) = (profile.totalCalls, profile.primitiveCalls)
    text.append("         \(calls) function calls ")
    if calls != primitiveCalls { text.append("(\(primitiveCalls) primitive calls) ") }
    text.append("in ")
    text.seconds(profile.totalTime, width: 0)
    text.line(" seconds\n")
  }

  /// Appends a function by its number in the table, as pstats names it.
  private func append(_ function: Int32, to text: inout ReportText) {
    guard escapesControls else { return text.append(profile.functionTable, function) }
    text.append(shown(profile.functionTable[Int(function)].standardName))
  }

  /// A name in the form in which it is printed.
  func shown(_ name: ByteString) -> ByteString {
    escapesControls ? name.escapedForDisplay : name
  }

  /// What an old profiler, now gone but for its name, marked as the outermost functions.
  private var topLevel: [Function] {
    let marker = Function(file: "jprofile", line: 0, name: "profiler")
    guard let number = profile.functionTable.index(of: marker) else { return [] }
    return profile.rows.filter { row in
      profile.edges[row.edgeRange].contains { $0.caller == Int32(number) }
    }.map { profile.functionTable[Int($0.function)] }
  }

  /// How the functions were chosen, and an empty line.
  func appendHeader(to text: inout ReportText) {
    if listing.keys.isEmpty {
      text.line("   Random listing order was used")
    } else {
      text.line("   Ordered by: " + listing.keys.map(\.title).joined(separator: ", "))
    }
    for note in listing.notes { text.line("   " + note.pythonDescription) }
    text.newline()
  }

  /// The five columns before a function's name.
  private func appendFigures(_ figures: CallStatistics, to text: inout ReportText) {
    text.append(figures.callsText, width: 9)
    text.append(" ")
    text.seconds(figures.selfTime)
    text.append(" ")
    text.seconds(figures.selfTime, dividedBy: figures.callCount)
    text.append(" ")
    text.seconds(figures.cumulativeTime)
    text.append(" ")
    text.seconds(figures.cumulativeTime, dividedBy: figures.primitiveCallCount)
    text.append(" ")
  }
}

extension CallStatistics {
  /// All calls, and those that were not made through recursion where they differ: `7/3`.
  var callsText: String {
    callCount == primitiveCallCount
      ? callCount.digits : callCount.digits + "/" + primitiveCallCount.digits
  }
}

extension ProfileListing.Note {
  /// The note in pstats' words.
  fileprivate var pythonDescription: String {
    switch self {
    case .reduced(let before, let after, let limit):
      "List reduced from \(before) to \(after) due to restriction <\(limit.pythonDescription)>"
    case .invalidPattern(let source):
      "<Invalid regular expression \(source.pythonQuoted)>"
    }
  }
}

extension ProfileListing.Limit {
  /// The limit as Python's `repr` writes it.
  fileprivate var pythonDescription: String {
    switch self {
    case .count(let count): "\(count)"
    case .fraction(let share): "\(share)"
    case .pattern(let source): source.pythonQuoted
    }
  }
}
