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
  /// Several functions share a file, a line and a name, so that most of their figures are lost.
  case figuresLost(count: Int, example: Function)
  /// Functions count recursive calls that they cannot have made: threads were mixed.
  case threadsMixed(count: Int, example: Function)
  /// Functions have negative times: a clock stepped back, or a calibration took off too much.
  case negativeTimes(count: Int, example: Function)
  /// Functions have times that are no numbers, or infinite.
  case timesWithoutValue(count: Int, example: Function)
  /// Names hold addresses, which differ from process to process; some functions may therefore be
  /// there several times.
  case addresses(count: Int, repeated: Int, example: Function)
}

extension ProfileWarning {
  /// A short name for programs.
  public var code: String {
    switch self {
    case .empty: "empty"
    case .trailingBytes: "trailingBytes"
    case .sampled: "sampled"
    case .repeatedFunction: "repeatedFunction"
    case .figuresLost: "figuresLost"
    case .threadsMixed: "threadsMixed"
    case .negativeTimes: "negativeTimes"
    case .timesWithoutValue: "timesWithoutValue"
    case .addresses: "addresses"
    }
  }

  /// How many functions it is about, and one of them; nil where it is about the whole profile.
  public var functions: (count: Int, example: Function)? {
    switch self {
    case .empty, .trailingBytes, .sampled: nil
    case .repeatedFunction(let function): (1, function)
    case .figuresLost(let count, let example), .threadsMixed(let count, let example),
      .negativeTimes(let count, let example), .timesWithoutValue(let count, let example),
      .addresses(let count, _, let example):
      (count, example)
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
    case .figuresLost(let count, let example):
      "what \(example)\(others(count)) called took longer than itself: several functions share the "
        + "name, or threads were mixed, and figures are lost"
    case .threadsMixed(let count, let example):
      "\(example)\(others(count)) counts recursive calls but does not call itself: the profile mixes "
        + "threads, as Python 3.12 and newer do"
    case .negativeTimes(let count, let example):
      "\(example)\(others(count)) has a negative time"
    case .timesWithoutValue(let count, let example):
      "\(example)\(others(count)) has a time that is no number, or infinite"
    case .addresses(let count, let repeated, let example):
      "\(example)\(others(count)) has an address in its name, which is another in each process"
        + (repeated > 0 ? ": \(repeated) of them stand for a function that is there already" : "")
    }
  }

  private func others(_ count: Int) -> String {
    switch count {
    case 1: ""
    case 2: " (and another function)"
    default: " (and \(count - 1) other functions)"
    }
  }
}
