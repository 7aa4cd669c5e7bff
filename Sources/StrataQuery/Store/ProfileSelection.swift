// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Which captures a question is about.
public struct ProfileSelection: Hashable, Sendable {
  /// Captures that started at this time or later.
  public var since: Timestamp?
  /// Captures that started before this time.
  public var until: Timestamp?
  /// Captures whose labels match.
  public var labels: LabelFilter
  /// Captures of one kind.
  public var kind: ProfileKind?
  /// Captures of one clock.
  public var clock: ProfileClock?

  /// All captures.
  public static let all = ProfileSelection()

  /// Selects the captures that meet every condition given.
  public init(
    since: Timestamp? = nil,
    until: Timestamp? = nil,
    labels: LabelFilter = LabelFilter(),
    kind: ProfileKind? = nil,
    clock: ProfileClock? = nil
  ) {
    self.since = since
    self.until = until
    self.labels = labels
    self.kind = kind
    self.clock = clock
  }

  /// Whether a capture is selected.
  ///
  /// - Throws: ``QueryError/pattern(_:)`` if a label takes too long to judge.
  public func contains(_ header: CaptureHeader) throws(QueryError) -> Bool {
    if let since, header.start < since { return false }
    if let until, header.start >= until { return false }
    if let kind, header.kind != kind { return false }
    if let clock, header.clock != clock { return false }
    return try labels.matches(header.labels)
  }
}
