// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// What the captures of a selection have in common, from their headers alone.
public struct CaptureSurvey: Hashable, Sendable {
  /// How many captures.
  public private(set) var captures = 0
  /// How many sums it is from: the captures themselves, and those that a store has added up.
  public private(set) var sums = 0
  /// When the first one started; nil without captures.
  public private(set) var first: Timestamp?
  /// When the last one started; nil without captures.
  public private(set) var last: Timestamp?
  /// The kinds of the captures, in the order of all kinds.
  public private(set) var kinds: [ProfileKind] = []
  /// The clocks of the captures, in the order of all clocks.
  public private(set) var clocks: [ProfileClock] = []
  /// How many captures are known to have lasted longer than ``longestExpected``.
  public private(set) var longCaptures = 0
  /// How many captures cover a slice of time with any number of calls.
  public private(set) var slices = 0
  /// For how many captures it is not known whether they cover one call or a slice of time.
  public private(set) var unknownCoverage = 0
  /// What captures are expected to last at most; nil where any duration will do.
  public let longestExpected: Duration?

  /// Creates the survey of no captures.
  public init(longestExpected: Duration? = nil) {
    self.longestExpected = longestExpected
  }

  /// Adds one capture.
  public mutating func add(_ header: CaptureHeader) {
    let isLong = longestExpected.map { longest in header.duration.map { $0 > longest } ?? false }
    add(
      captures: 1,
      first: header.start,
      last: header.start,
      kind: header.kind,
      clock: header.clock,
      longCaptures: isLong == true ? 1 : 0,
      slices: header.covers == .slice ? 1 : 0,
      unknownCoverage: header.covers == .unknown ? 1 : 0
    )
  }

  /// Adds a sum of captures of one kind and clock; none if there are none.
  public mutating func add(
    captures: Int,
    first: Timestamp,
    last: Timestamp,
    kind: ProfileKind,
    clock: ProfileClock,
    longCaptures: Int,
    slices: Int,
    unknownCoverage: Int
  ) {
    guard captures > 0 else { return }
    // A damaged store may say any number: checkSummable refuses what cannot be one.
    self.captures = self.captures.addingSaturated(captures)
    sums += 1
    self.first = self.first.map { min($0, first) } ?? first
    self.last = self.last.map { max($0, last) } ?? last
    if !kinds.contains(kind) {
      kinds = ProfileKind.allCases.filter { kinds.contains($0) || $0 == kind }
    }
    if !clocks.contains(clock) {
      clocks = ProfileClock.allCases.filter { clocks.contains($0) || $0 == clock }
    }
    self.longCaptures = self.longCaptures.addingSaturated(longCaptures)
    self.slices = self.slices.addingSaturated(slices)
    self.unknownCoverage = self.unknownCoverage.addingSaturated(unknownCoverage)
  }

  /// The captures that later calls of a question ask for.
  ///
  /// A view that is no snapshot may meet captures that came after the survey: those of another time, kind or
  /// clock stay out, since the slices are laid out and figures of one kind are summed.
  func selection(_ asked: ProfileSelection, in view: any StoreView) -> ProfileSelection {
    guard !view.isSnapshot, let first, let last else { return asked }
    var selection = asked
    selection.since = max(asked.since ?? first, first)
    let (end, overflow) = last.nanoseconds.addingReportingOverflow(1)
    if !overflow {
      let end = Timestamp(nanoseconds: end)
      selection.until = min(asked.until ?? end, end)
    }
    selection.filter = asked.filter.and(ProfileSelection(kind: kind, clock: clock).filter)
    return selection
  }

  /// The kind of all captures; nil unless there is one.
  public var kind: ProfileKind? { kinds.count == 1 ? kinds.first : nil }

  /// The clock of all captures; nil unless there is one.
  public var clock: ProfileClock? { clocks.count == 1 ? clocks.first : nil }

  /// How many captures sums are laid out for: figures of 63 bits stay far within 127.
  static let maximumCaptures = 1 << 31

  /// Refuses captures whose figures do not add up.
  ///
  /// - Throws: ``QueryError/mixedKinds(_:)`` or ``QueryError/mixedClocks(_:)``;
  ///   ``QueryError/inconsistentStore(reason:)`` for more captures than any store holds.
  public func checkSummable() throws(QueryError) {
    guard captures <= Self.maximumCaptures else {
      throw .inconsistentStore(reason: "they report \(captures) captures")
    }
    guard kinds.count <= 1 else { throw .mixedKinds(kinds) }
    guard clocks.count <= 1 else { throw .mixedClocks(clocks) }
  }

  /// Refuses captures that cover slices of time, where a figure is to be that of one call.
  ///
  /// Such a capture costs more where there is more traffic: compared with others, a busy endpoint
  /// looks like a slow one.
  ///
  /// - Throws: ``QueryError/capturesOfSlices(count:of:)``.
  public func checkCoversCalls() throws(QueryError) {
    guard slices == 0 else { throw .capturesOfSlices(count: slices, of: captures) }
  }

  /// The warning where a figure is to be that of one call; nil where nothing is in doubt.
  var coverageWarning: Warning? {
    unknownCoverage > 0 ? .coverageUnknown(captures: unknownCoverage, of: captures) : nil
  }
}

extension Int {
  /// The sum of two numbers that are not negative, or the largest number where it does not fit.
  fileprivate func addingSaturated(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
