// SPDX-License-Identifier: Apache-2.0

/// Why an expression cannot be used, or a match could not be decided.
///
/// Each case carries the expression as it was written.
public enum PatternError: Error, Hashable, Sendable {
  /// The expression is wrong: Python raises `re.PatternError` with this reason, and pstats calls it
  /// an invalid regular expression.
  case invalid(String, reason: String)
  /// The expression exceeds a limit of this engine and is valid in Python, or a limit of Python's
  /// own that it reports as another error, at which pstats ends with a traceback.
  case limitExceeded(String, reason: String)
  /// The search was given up after too many steps on a text of `length` code points: Python would
  /// continue, for hours or forever.
  case tooSlow(String, length: Int)
}

extension PatternError: CustomStringConvertible {
  /// The error as one line that says what to do.
  public var description: String {
    switch self {
    case .invalid(let pattern, let reason):
      "cannot read the regular expression '\(pattern)': \(reason)"
    case .limitExceeded(let pattern, let reason):
      "cannot use the regular expression '\(pattern)': \(reason)"
    case .tooSlow(let pattern, let length):
      "gave up on the regular expression '\(pattern)', which takes too many steps on a text of "
        + "\(length) characters: avoid repeats within repeats, make them possessive, as in "
        + "(a+)*+, or use smaller counts than a{1000}"
    }
  }
}
