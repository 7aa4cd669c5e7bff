// SPDX-License-Identifier: Apache-2.0

/// A record that no store keeps, because its sums would not be exact.
public struct RecordError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Code: Hashable, Sendable {
    /// A time is NaN, infinite, or beyond ±2⁶² ns.
    case timeOutOfRange
    /// A count does not fit into 63 bits.
    case countOutOfRange
  }

  /// What is wrong.
  public var code: Code
  /// The function whose figure it is.
  public var function: Function
  /// Which figure it is, such as `self time`.
  public var figure: String
  /// The value that was found.
  public var value: String

  /// Creates an error.
  public init(code: Code, function: Function, figure: String, value: String) {
    self.code = code
    self.function = function
    self.figure = figure
    self.value = value
  }
}

extension RecordError: CustomStringConvertible {
  /// The error as one line.
  public var description: String {
    let limit =
      switch code {
      case .timeOutOfRange: "a finite time within 2^62 ns"
      case .countOutOfRange: "a count that fits into 63 bits"
      }
    return "\(figure) of \(function): expected \(limit), found \(value)"
  }
}
