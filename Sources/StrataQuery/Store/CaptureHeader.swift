// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// When, how and of what a capture was taken: a `Capture` without its figures.
public struct CaptureHeader: Hashable, Sendable {
  /// When the capture started.
  public var start: Timestamp
  /// How long it took, if that is known.
  public var duration: Duration?
  /// How the figures came about.
  public var kind: ProfileKind
  /// What the times measure.
  public var clock: ProfileClock
  /// How many captures this one stands for.
  public var weight: Weight
  /// Whether it is one call, or a stretch of time.
  public var covers: Coverage
  /// What was profiled.
  public var labels: Labels

  /// Creates a header.
  public init(
    start: Timestamp,
    duration: Duration?,
    kind: ProfileKind,
    clock: ProfileClock,
    weight: Weight,
    covers: Coverage,
    labels: Labels
  ) {
    self.start = start
    self.duration = duration
    self.kind = kind
    self.clock = clock
    self.weight = weight
    self.covers = covers
    self.labels = labels
  }

  /// The value of a figure of captures, in its unit; nil where it is not known of this one.
  ///
  /// A store that keeps a figure at each capture gives it back here.
  public func value(of figure: Figure) -> Int64? {
    switch figure {
    case .duration: duration?.nanoseconds
    default: nil
    }
  }

  /// The header of a record.
  public init(_ record: Capture) {
    self.init(
      start: record.start,
      duration: record.duration,
      kind: record.kind,
      clock: record.clock,
      weight: record.weight,
      covers: record.covers,
      labels: record.labels
    )
  }
}
