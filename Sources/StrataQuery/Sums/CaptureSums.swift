// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// One or more captures added up function by function, as a ``SumRequest`` asks for.
public struct CaptureSums: Sendable {
  /// How many captures.
  public var captures: Int
  /// When the first one started; all of them are in the same slice as this one.
  public var first: Timestamp
  /// The value that all of them have for the label asked for; nil where none has the label.
  public var labelValue: String?
  /// A number that sums have in common whose functions are the same in the same order; nil where
  /// that is not known.
  public var shape: Int32?
  /// The figure of whole captures that was asked for; nil where none was.
  public var figure: FigureSum?
  /// The functions that the captures name, each once, and the columns asked for.
  public var figures: FigureVectors

  /// Creates a sum.
  public init(
    captures: Int,
    first: Timestamp,
    labelValue: String? = nil,
    shape: Int32? = nil,
    figure: FigureSum? = nil,
    figures: FigureVectors = FigureVectors()
  ) {
    self.captures = captures
    self.first = first
    self.labelValue = labelValue
    self.shape = shape
    self.figure = figure
    self.figures = figures
  }

  /// A capture as a sum of its own, with what a request asks for.
  public init(_ capture: ProfileVectors, _ request: SumRequest) {
    self.init(
      captures: 1,
      first: capture.header.start,
      labelValue: request.labelKey.flatMap { capture.header.labels[$0] },
      figure: request.figure.map { FigureSum($0, of: capture.header) },
      figures: capture.figures
    )
  }
}

/// A figure of whole captures, added up over those that have it.
public struct FigureSum: Hashable, Sendable {
  /// How many captures have it; of the others it is not known.
  public var captures: Int
  /// The sum of their values.
  public var sum: Int128

  /// Creates a sum; without arguments, that of no captures.
  public init(captures: Int = 0, sum: Int128 = 0) {
    self.captures = captures
    self.sum = sum
  }

  /// The sum of one capture: empty where its value is not known.
  public init(_ value: Int64?) {
    self.init(captures: value == nil ? 0 : 1, sum: Int128(value ?? 0))
  }

  /// The sum of one capture.
  public init(_ figure: Figure, of header: CaptureHeader) {
    self.init(header.value(of: figure))
  }

  /// Adds the captures of another sum.
  public mutating func add(_ other: FigureSum) {
    captures += other.captures
    sum += other.sum
  }
}
