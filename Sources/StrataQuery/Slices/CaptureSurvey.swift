// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What the captures of a selection have in common, from their headers alone.
struct CaptureSurvey {
  private(set) var captures = 0
  private(set) var first: Timestamp?
  private(set) var last: Timestamp?
  private(set) var kinds: [ProfileKind] = []
  private(set) var clocks: [ProfileClock] = []
  private let longestExpected: Duration?
  /// How many captures are known to have lasted longer than expected.
  private(set) var longCaptures = 0

  /// Looks at every header of a selection; captures longer than `longestExpected` are counted.
  ///
  /// - Throws: ``QueryError`` where the captures are of two kinds or clocks.
  init(
    _ selection: ProfileSelection,
    in snapshot: any ProfileSnapshot,
    longestExpected: Duration? = nil
  ) throws {
    self.longestExpected = longestExpected
    try snapshot.scan(selection, columns: []) { add($0.header) }
    guard kinds.count <= 1 else {
      throw QueryError.mixedKinds(ProfileKind.allCases.filter(kinds.contains))
    }
    guard clocks.count <= 1 else {
      throw QueryError.mixedClocks(ProfileClock.allCases.filter(clocks.contains))
    }
  }

  private mutating func add(_ header: CaptureHeader) {
    captures += 1
    first = first.map { min($0, header.start) } ?? header.start
    last = last.map { max($0, header.start) } ?? header.start
    if !kinds.contains(header.kind) { kinds.append(header.kind) }
    if !clocks.contains(header.clock) { clocks.append(header.clock) }
    if let longestExpected, let duration = header.duration, duration > longestExpected {
      longCaptures += 1
    }
  }

  /// The kind of all captures; nil without captures.
  var kind: ProfileKind? { kinds.first }

  /// The clock of all captures; nil without captures.
  var clock: ProfileClock? { clocks.first }
}
