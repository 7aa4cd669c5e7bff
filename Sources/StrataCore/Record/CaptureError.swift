// SPDX-License-Identifier: Apache-2.0

/// A record that no store accepts: its sums would not be exact, or its start, duration or labels are
/// out of bounds.
public struct CaptureError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Code: Hashable, Sendable {
    /// A time is NaN, infinite, or beyond ±2⁶² ns.
    case timeOutOfRange
    /// A count does not fit into 63 bits.
    case countOutOfRange
    /// The start is not in the range from ``Timestamp/firstStart`` to ``Timestamp/lastStart``.
    case startOutOfRange
    /// The duration is negative, or the end is beyond what 64 bits of nanoseconds hold.
    case durationOutOfRange
    /// There are more than ``Labels/maximumCount`` labels.
    case tooManyLabels
    /// A key is empty or has more than ``Labels/maximumKeySize`` bytes.
    case labelKeySize
    /// A value has more than ``Labels/maximumValueSize`` bytes.
    case labelValueTooLong
  }

  /// What is wrong.
  public var code: Code
  /// The function whose figure it is; nil if a part of the record is wrong.
  public var function: Function?
  /// Which figure it is, such as `self time`, or which part of the record.
  public var figure: String
  /// The value that was found.
  public var value: String

  /// Creates an error.
  public init(code: Code, function: Function?, figure: String, value: String) {
    self.code = code
    self.function = function
    self.figure = figure
    self.value = value
  }

  /// Creates an error about a part of a record, not about a figure of a function.
  package init(_ code: Code, of part: String, value: String) {
    self.init(code: code, function: nil, figure: part, value: value)
  }
}

extension CaptureError {
  /// Creates the error about a figure that cannot be summed: one wording, wherever it is found.
  ///
  /// - Parameters:
  ///   - figure: Which figure, such as `self time`.
  ///   - isTime: Whether it is a time, whose value is in seconds; else a count.
  ///   - value: The value.
  ///   - function: The function.
  ///   - caller: The caller, where the figure is that of its calls.
  package init(
    figure: String,
    isTime: Bool,
    value: String,
    of function: Function,
    caller: Function? = nil
  ) {
    self.init(
      code: isTime ? .timeOutOfRange : .countOutOfRange,
      function: function,
      figure: figure + (caller.map { " of the calls from \($0)" } ?? ""),
      value: isTime ? value + " s" : value
    )
  }
}

extension CaptureError: CustomStringConvertible {
  /// The error as one line.
  public var description: String {
    "\(figure)\(function.map { " of \($0)" } ?? ""): expected \(limit), found \(value)"
  }

  private var limit: String {
    switch code {
    case .timeOutOfRange: "a finite time within 2^62 ns"
    case .countOutOfRange: "a count that fits into 63 bits"
    case .startOutOfRange:
      "a time from \(Timestamp.firstStart.iso8601) to \(Timestamp.lastStart.iso8601)"
    case .durationOutOfRange: "0 s or more, and an end before 2262-04-12"
    case .tooManyLabels: "at most \(Labels.maximumCount)"
    case .labelKeySize: "a key of 1 to \(Labels.maximumKeySize) bytes"
    case .labelValueTooLong: "a value of at most \(Labels.maximumValueSize) bytes"
    }
  }
}
