// SPDX-License-Identifier: Apache-2.0

/// What a reader should know before drawing conclusions from a profile or a result.
///
/// Programs read the code and the parameters, people the message. Messages name no option: what can
/// be done about a warning is said by the front end, in its own words.
public struct Warning: Hashable, Sendable {
  /// A short name for programs: one of the names below, or another that a newer version knows.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name.
    public let rawValue: String

    /// Creates a code.
    public init(rawValue: String) {
      self.rawValue = rawValue
    }
  }

  /// A figure or name in the message, for programs.
  public struct Parameter: Hashable, Sendable {
    /// The value of a parameter.
    public enum Value: Hashable, Sendable {
      /// A number of captures, functions, bytes.
      case number(Int)
      /// A function.
      case function(Function)
      /// The name of something else, such as a label.
      case text(String)
    }

    /// The name, such as `captures`, `of`, `functions` or `example`.
    public let name: String
    /// The value.
    public let value: Value
  }

  /// What kind of warning it is.
  public let code: Code
  /// One sentence without a full stop, and without a capital letter at its beginning.
  public let message: String
  /// The figures and names in the message.
  public let parameters: [Parameter]

  /// Creates a warning.
  public init(
    _ code: Code,
    _ message: String,
    _ parameters: KeyValuePairs<String, Parameter.Value> = [:]
  ) {
    self.code = code
    self.message = message
    self.parameters = parameters.map { Parameter(name: $0.key, value: $0.value) }
  }

  /// The parameter of a name; nil where there is none, or where it is no number.
  public func number(_ name: String) -> Int? {
    guard case .number(let number)? = parameters.first(where: { $0.name == name })?.value
    else { return nil }
    return number
  }
}

extension Warning: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}

// MARK: - Of a profile

extension Warning.Code {
  /// The code of ``Warning/empty``.
  public static let empty = Self(rawValue: "empty")
  /// The code of ``Warning/trailingBytes(count:offset:)``.
  public static let trailingBytes = Self(rawValue: "trailingBytes")
  /// The code of ``Warning/sampled``.
  public static let sampled = Self(rawValue: "sampled")
  /// The code of ``Warning/rounded``.
  public static let rounded = Self(rawValue: "rounded")
  /// The code of ``Warning/repeatedFunction(_:)``.
  public static let repeatedFunction = Self(rawValue: "repeatedFunction")
  /// The code of ``Warning/figuresLost(count:example:)``.
  public static let figuresLost = Self(rawValue: "figuresLost")
  /// The code of ``Warning/threadsMixed(count:example:)``.
  public static let threadsMixed = Self(rawValue: "threadsMixed")
  /// The code of ``Warning/negativeTimes(count:example:)``.
  public static let negativeTimes = Self(rawValue: "negativeTimes")
  /// The code of ``Warning/timesWithoutValue(count:example:)``.
  public static let timesWithoutValue = Self(rawValue: "timesWithoutValue")
  /// The code of ``Warning/addresses(count:repeated:example:)``.
  public static let addresses = Self(rawValue: "addresses")
}

extension Warning {
  /// The profile has no functions.
  public static let empty = Warning(.empty, "the profile has no functions")

  /// The figures are estimates from samples, although they are where counts are.
  public static let sampled = Warning(
    .sampled,
    "the figures are estimates from samples: calls are numbers of samples"
  )

  /// The figures come from logged profiles, which were rounded to milliseconds.
  public static let rounded = Warning(
    .rounded,
    "the figures were rounded before they were stored: sums carry the error"
  )

  /// Bytes follow the statistics; they were ignored.
  public static func trailingBytes(count: Int, offset: Int) -> Warning {
    Warning(
      .trailingBytes,
      "\(count) byte\(count == 1 ? "" : "s") after the statistics, from byte \(offset) on, were ignored",
      ["bytes": .number(count), "offset": .number(offset)]
    )
  }

  /// The dump names a function twice; only its last figures count.
  public static func repeatedFunction(_ function: Function) -> Warning {
    Warning(
      .repeatedFunction,
      "the dump lists \(function) twice: the last figures count, as in pstats",
      ["functions": .number(1), "example": .function(function)]
    )
  }

  /// Several functions share a file, a line and a name, so that most of their figures are lost.
  public static func figuresLost(count: Int, example: Function) -> Warning {
    Warning(
      .figuresLost,
      count,
      example,
      "called took longer than the function itself: several functions share the name, or threads "
        + "were mixed, so figures are lost",
      before: "what "
    )
  }

  /// Functions count recursive calls that they cannot have made: threads were mixed.
  public static func threadsMixed(count: Int, example: Function) -> Warning {
    Warning(
      .threadsMixed,
      count,
      example,
      "counts recursive calls but does not call itself: the profile mixes threads, as Python 3.12 and "
        + "newer do"
    )
  }

  /// Functions have negative times: a clock stepped back, or a calibration took off too much.
  public static func negativeTimes(count: Int, example: Function) -> Warning {
    Warning(.negativeTimes, count, example, "has a negative time")
  }

  /// Functions have times that are no numbers, or infinite.
  public static func timesWithoutValue(count: Int, example: Function) -> Warning {
    Warning(.timesWithoutValue, count, example, "has a time that is infinite or not a number")
  }

  /// Names hold addresses, which differ from process to process; `repeated` of them are of a
  /// function that is there already.
  public static func addresses(count: Int, repeated: Int, example: Function) -> Warning {
    Warning(
      .addresses,
      count,
      example,
      "has an address in its name, which differs in each process"
        + (repeated > 0 ? ": \(repeated) of them repeat a function that is already listed" : ""),
      more: [Parameter(name: "repeated", value: .number(repeated))]
    )
  }

  /// A warning about functions, one of which is named.
  private init(
    _ code: Code,
    _ count: Int,
    _ example: Function,
    _ words: String,
    before: String = "",
    more: [Parameter] = []
  ) {
    let others =
      switch count {
      case 1: ""
      case 2: " (and another function)"
      default: " (and \(count - 1) other functions)"
      }
    self.code = code
    message = "\(before)\(example)\(others) \(words)"
    parameters =
      [
        Parameter(name: "functions", value: .number(count)),
        Parameter(name: "example", value: .function(example)),
      ] + more
  }
}

// MARK: - Of a result

extension Warning.Code {
  /// The code of ``Warning/layersOverlap``.
  public static let layersOverlap = Self(rawValue: "layersOverlap")
  /// The code of ``Warning/longerThanSlice(captures:of:)``.
  public static let longerThanSlice = Self(rawValue: "longerThanSlice")
  /// The code of ``Warning/coverageUnknown(captures:of:)``.
  public static let coverageUnknown = Self(rawValue: "coverageUnknown")
  /// The code of ``Warning/figureUnknown(_:captures:of:)``.
  public static let figureUnknown = Self(rawValue: "figureUnknown")
  /// The code of ``Warning/estimatedByWeight``.
  public static let estimatedByWeight = Self(rawValue: "estimatedByWeight")
  /// The code of ``Warning/labelUnknown(_:)``.
  public static let labelUnknown = Self(rawValue: "labelUnknown")
  /// The code of ``Warning/functionsMoved(_:)``.
  public static let functionsMoved = Self(rawValue: "functionsMoved")
  /// The code of ``Warning/capturesDiffer(before:after:)``.
  public static let capturesDiffer = Self(rawValue: "capturesDiffer")
}

extension Warning {
  /// Layers are cumulative times.
  public static let layersOverlap = Warning(
    .layersOverlap,
    "the layers of cumulative time overlap: each second counts once in every function on the stack, "
      + "so the height of a bar is not measured time (use self time for that)"
  )

  /// Values are estimated by weight.
  public static let estimatedByWeight = Warning(
    .estimatedByWeight,
    "values are estimates: each capture counts as often as its weight says"
  )

  /// Captures lasted longer than a slice.
  public static func longerThanSlice(captures: Int, of all: Int) -> Warning {
    Warning(
      .longerThanSlice,
      "\(captures) of \(all) captures lasted longer than a slice: each counts in the slice in which it "
        + "started",
      ["captures": .number(captures), "of": .number(all)]
    )
  }

  /// An older store does not know what captures cover.
  public static func coverageUnknown(captures: Int, of all: Int) -> Warning {
    Warning(
      .coverageUnknown,
      "\(captures) of \(all) captures come from an older store, which did not record whether "
        + "they cover one call or a slice of time: figures per capture are those of a call only in "
        + "the first case",
      ["captures": .number(captures), "of": .number(all)]
    )
  }

  /// Some captures lack the figure that was asked for, such as their duration.
  public static func figureUnknown(_ figure: Figure, captures: Int, of all: Int) -> Warning {
    Warning(
      .figureUnknown,
      "\(captures) of \(all) captures are left out: their \(figure) is unknown",
      ["figure": .text(figure.name), "captures": .number(captures), "of": .number(all)]
    )
  }

  /// No capture has a label that was asked for.
  public static func labelUnknown(_ key: String) -> Warning {
    Warning(.labelUnknown, "no capture has the label '\(key)'", ["label": .text(key)])
  }

  /// Functions vanish at one line of a file and appear at another.
  public static func functionsMoved(_ count: Int) -> Warning {
    Warning(
      .functionsMoved,
      "\(count) \(count == 1 ? "function vanishes" : "functions vanish") at one line of a file and "
        + "appear\(count == 1 ? "s" : "") at another",
      ["functions": .number(count)]
    )
  }

  /// The sums of a comparison are over different numbers of captures.
  public static func capturesDiffer(before: Int, after: Int) -> Warning {
    Warning(
      .capturesDiffer,
      "the sides have different numbers of captures (\(before) and \(after)): some of the "
        + "additional calls may come from additional captures",
      ["before": .number(before), "after": .number(after)]
    )
  }
}
