// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Which captures a question is about.
public struct ProfileSelection: Hashable, Sendable {
  /// Captures that started at this time or later.
  public var since: Timestamp?
  /// Captures that started before this time.
  public var until: Timestamp?
  /// Captures whose labels and properties match.
  public var filter: CaptureFilter

  /// All captures.
  public static let all = ProfileSelection()

  /// Selects the captures that meet every condition given; kind and clock become conditions of the
  /// filter.
  public init(
    since: Timestamp? = nil,
    until: Timestamp? = nil,
    filter: CaptureFilter = CaptureFilter(),
    kind: ProfileKind? = nil,
    clock: ProfileClock? = nil
  ) {
    self.since = since
    self.until = until
    self.filter = filter
    let kinds = kind.map { CaptureFilter.Condition.kind(.equal, $0) }
    let clocks = clock.map { CaptureFilter.Condition.clock(.equal, $0) }
    for condition in [kinds, clocks].compactMap(\.self) {
      self.filter = self.filter.and(CaptureFilter([condition]))
    }
  }

  /// Whether a capture is selected.
  ///
  /// - Throws: ``QueryError/pattern(_:)`` if a label takes too long to judge.
  public func contains(_ header: CaptureHeader) throws(QueryError) -> Bool {
    if let since, header.start < since { return false }
    if let until, header.start >= until { return false }
    return try filter.matches(header)
  }
}
