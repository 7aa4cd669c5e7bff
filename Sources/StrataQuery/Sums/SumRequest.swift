// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Which captures are to be summed, and which of them must stay apart.
public struct SumRequest: Hashable, Sendable {
  /// What sums may be answered from.
  public enum Resolution: Hashable, Sendable {
    /// Whatever the store has that gives the same result.
    case any
    /// Single captures alone, for checks and comparisons.
    case captures
  }

  /// Which captures.
  public var selection: ProfileSelection
  /// Which figures are needed; without any, sums are empty and cheap.
  public var columns: ProfileColumns
  /// A figure of whole captures that is needed; nil where none is.
  public var figure: Figure?
  /// The slices that no sum may cross; nil where any captures may be together.
  public var slicing: Slicing?
  /// A label whose values no sum may mix; nil where any may be together.
  public var labelKey: String?
  /// What the sums may be answered from.
  public var resolution: Resolution

  /// Creates a request.
  public init(
    _ selection: ProfileSelection = .all,
    columns: ProfileColumns = [],
    figure: Figure? = nil,
    slicing: Slicing? = nil,
    labelKey: String? = nil,
    resolution: Resolution = .any
  ) {
    self.selection = selection
    self.columns = columns
    self.figure = figure
    self.slicing = slicing
    self.labelKey = labelKey
    self.resolution = resolution
  }
}

/// Half-open intervals of one width that cover all of time, side by side.
public struct Slicing: Hashable, Sendable {
  /// Where a slice begins.
  public var origin: Timestamp
  /// The width of each slice in nanoseconds, more than 0.
  public var width: Int64

  /// Creates slices of a width in nanoseconds, aligned so that one begins at `origin`.
  public init(origin: Timestamp = Timestamp(nanoseconds: 0), width: Int64) {
    precondition(width > 0, "slices of \(width) ns")
    self.origin = origin
    self.width = width
  }

  /// The number of the slice that a time is in; that at the origin is 0.
  public func slice(of time: Timestamp) -> Int128 {
    let distance = Int128(time.nanoseconds) - Int128(origin.nanoseconds)
    let (quotient, remainder) = distance.quotientAndRemainder(dividingBy: Int128(width))
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// The start of a slice in nanoseconds since the epoch, which may be before the first time that
  /// a timestamp can hold.
  public func start(of slice: Int128) -> Int128 {
    Int128(origin.nanoseconds) + slice * Int128(width)
  }
}
