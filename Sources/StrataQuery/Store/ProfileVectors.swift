// SPDX-License-Identifier: Apache-2.0

/// The number of a function in one view of a store: any number of 64 bits, such as a hash.
public struct FunctionID: Hashable, Sendable {
  /// The number.
  public var rawValue: UInt64

  /// Creates a number.
  @inlinable
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// Creates the number of a place in an array; for a place below zero, one that no array has.
  @inlinable
  public init(_ place: some FixedWidthInteger & SignedInteger) {
    rawValue = UInt64(truncatingIfNeeded: place)
  }

  /// The place in an array, below ``StoreView/functionLimit``; below zero for what is no place.
  @inlinable
  public var index: Int { Int(truncatingIfNeeded: rawValue) }
}

/// Figures that a scan can be asked for.
public struct ProfileColumns: OptionSet, Hashable, Sendable {
  /// One bit for each column.
  public let rawValue: UInt8

  /// Creates a set of columns from bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// All calls.
  public static let callCounts = ProfileColumns(rawValue: 1)
  /// Calls that were not made through recursion.
  public static let primitiveCallCounts = ProfileColumns(rawValue: 2)
  /// Nanoseconds in the function itself.
  public static let selfTimes = ProfileColumns(rawValue: 4)
  /// Nanoseconds in the function and all that it calls.
  public static let cumulativeTimes = ProfileColumns(rawValue: 8)
  /// All four figures.
  public static let all: ProfileColumns = [
    .callCounts, .primitiveCallCounts, .selfTimes, .cumulativeTimes,
  ]
}

/// Columns with a row for each function that one or more captures name.
public struct FigureVectors: Sendable {
  /// The functions; empty if no column was asked for.
  public var functions: [FunctionID] = []
  /// All calls; empty unless asked for, like each column.
  public var callCounts: [Int64] = []
  /// Calls that were not made through recursion.
  public var primitiveCallCounts: [Int64] = []
  /// Nanoseconds in the function itself.
  public var selfNanoseconds: [Int64] = []
  /// Nanoseconds in the function and all that it calls.
  public var cumulativeNanoseconds: [Int64] = []

  /// Creates columns without rows.
  public init() {}

  /// The values of one column; empty for none.
  func values(of column: ProfileColumns) -> [Int64] {
    switch column {
    case .selfTimes: selfNanoseconds
    case .cumulativeTimes: cumulativeNanoseconds
    case .callCounts: callCounts
    case .primitiveCallCounts: primitiveCallCounts
    default: []
    }
  }
}

/// One capture as a scan shows it: what is known of it, and its figures.
public struct ProfileVectors: Sendable {
  /// When, how and of what the capture was taken.
  public var header: CaptureHeader
  /// The figures of each function.
  public var figures: FigureVectors

  /// Creates vectors, without figures unless some are given.
  public init(header: CaptureHeader, figures: FigureVectors = FigureVectors()) {
    self.header = header
    self.figures = figures
  }
}
