// SPDX-License-Identifier: Apache-2.0

/// Something about a profile that its reader should know before drawing conclusions.
public enum ProfileWarning: Hashable, Sendable {
  /// The profile has no functions.
  case empty
  /// Bytes follow the statistics; they were ignored.
  case trailingBytes(count: Int, offset: Int)
  /// The figures are estimates from samples, although they stand where counts stand.
  case sampled
  /// The dump names a function twice; only its last figures count.
  case repeatedFunction(Function)
}

extension ProfileWarning {
  /// A short name for programs.
  public var code: String {
    switch self {
    case .empty: "empty"
    case .trailingBytes: "trailingBytes"
    case .sampled: "sampled"
    case .repeatedFunction: "repeatedFunction"
    }
  }
}

extension ProfileWarning: CustomStringConvertible {
  /// The warning as one sentence without a full stop.
  public var description: String {
    switch self {
    case .empty:
      "the profile has no functions"
    case .trailingBytes(let count, let offset):
      "\(count) byte\(count == 1 ? "" : "s") after the statistics, from byte \(offset) on, were ignored"
    case .sampled:
      "the figures are estimates from samples: calls are numbers of samples"
    case .repeatedFunction(let function):
      "the dump names \(function) twice: its last figures count, as in pstats"
    }
  }
}
