// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// One or more captures added up function by function, as a ``SumRequest`` asks for.
public struct CaptureSums: Sendable {
  /// How many captures.
  public var captures: Int
  /// When the first one started; all of them lie in the slice in which this does.
  public var first: Timestamp
  /// The value that all of them have for the label asked for; nil where none has the label.
  public var labelValue: String?
  /// A number that sums have in common whose functions are the same in the same order; nil where
  /// that is not known.
  public var shape: Int32?
  /// The functions that the captures name, each once, and the columns asked for.
  public var figures: FigureVectors

  /// Creates a sum.
  public init(
    captures: Int,
    first: Timestamp,
    labelValue: String? = nil,
    shape: Int32? = nil,
    figures: FigureVectors = FigureVectors()
  ) {
    self.captures = captures
    self.first = first
    self.labelValue = labelValue
    self.shape = shape
    self.figures = figures
  }

  /// A capture as a sum of its own.
  public init(_ capture: ProfileVectors, labelKey: String?) {
    self.init(
      captures: 1,
      first: capture.header.start,
      labelValue: labelKey.flatMap { capture.header.labels[$0] },
      figures: capture.figures
    )
  }
}
