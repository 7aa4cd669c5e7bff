// SPDX-License-Identifier: Apache-2.0

#if Tools

/// How long a store keeps captures and their roll-ups, and how large it may become.
///
/// What goes is summed up first: captures in roll-ups of minutes and hours, hours in those of days.
/// Days stay for ever.
public struct RetentionPolicy: Hashable, Sendable {
  /// How long single captures are kept; nil: for ever.
  public var captures: Duration?
  /// How long roll-ups of minutes are kept; nil: for ever.
  public var minutes: Duration?
  /// How long roll-ups of hours are kept; nil: for ever.
  public var hours: Duration?
  /// How many bytes the store may use; nil: any number.
  ///
  /// The oldest captures go before their time, then the oldest minutes, then the oldest hours.
  /// Minutes go first where those of more captures would save no room.
  public var maximumBytes: Int?

  /// A week of captures, a month of minutes, a year of hours, 10 GB.
  public static let standard = RetentionPolicy(
    captures: .seconds(7 * 86_400),
    minutes: .seconds(30 * 86_400),
    hours: .seconds(400 * 86_400),
    maximumBytes: 10_000_000_000
  )

  /// Creates a policy; what is not given stays for ever.
  public init(
    captures: Duration? = nil,
    minutes: Duration? = nil,
    hours: Duration? = nil,
    maximumBytes: Int? = nil
  ) {
    self.captures = captures
    self.minutes = minutes
    self.hours = hours
    self.maximumBytes = maximumBytes
  }
}

/// What pruning did.
public struct PruneReport: Hashable, Sendable {
  /// How many captures went; their sums are kept.
  public var captures = 0
  /// How many captures were removed whose starts imports refuse: before 1700, or from 2200 on.
  public var impossibleCaptures = 0
  /// How many roll-ups of minutes went.
  public var minutes = 0
  /// How many roll-ups of hours went.
  public var hours = 0
  /// How many bytes the store used before, and uses now.
  public var bytesBefore = 0
  /// How many bytes the store uses now.
  public var bytesAfter = 0
  /// Whether the store is still larger than it may be: nothing is left that may go.
  public var isAboveMaximum = false
}

#endif
