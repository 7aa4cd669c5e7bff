// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataSpool

/// One side of a comparison as an argument: a range of time, conditions, or a path.
///
/// `..` between two times, or beside one, makes a range. Else an operator makes conditions, unless a
/// file has that name. Anything else is a path.
enum SideArgument: ExpressibleByArgument {
  case range(RangeArgument)
  /// Conditions as in `--where`.
  case conditions(String)
  case path(String)

  init(argument: String) {
    if let range = RangeArgument(argument: argument) {
      self = .range(range)
    } else if Self.hasOperator(argument), FileIdentity(of: argument) == nil {
      self = .conditions(argument)
    } else {
      self = .path(argument)
    }
  }

  private static func hasOperator(_ text: String) -> Bool {
    text.contains { "=<>".contains($0) } || text.contains("!~")
  }

  /// The argument that means a path, whatever it looks like.
  static func argument(path: String) -> String {
    if case .path = SideArgument(argument: path) { path } else { "./" + path }
  }
}

/// A range of time as an argument: `TIME..TIME`, half-open, of which one may be absent.
struct RangeArgument: ExpressibleByArgument {
  var since: Timestamp?
  var until: Timestamp?

  init?(argument: String) {
    guard let dots = argument.firstRange(of: "..") else { return nil }
    let texts = [argument[..<dots.lowerBound], argument[dots.upperBound...]].map(String.init)
    let times = texts.map { $0.isEmpty ? nil : TimeArgument(argument: $0)?.value }
    guard zip(texts, times).allSatisfy({ $0.isEmpty || $1 != nil }), texts != ["", ""] else {
      return nil
    }
    (since, until) = (times[0], times[1])
  }

  /// The range in words.
  var words: String {
    switch (since, until) {
    case (let since?, let until?): "\(since.iso8601) to \(until.iso8601)"
    case (let since?, nil): "since \(since.iso8601)"
    case (nil, let until?): "until \(until.iso8601)"
    case (nil, nil): "all"
    }
  }
}

/// One side of a comparison: all that its arguments say together.
struct ComparisonSide {
  /// What is read; without paths, the source that both sides share.
  var paths: [String] = []
  var conditions: [String] = []
  var ranges: [RangeArgument] = []

  init(_ arguments: [SideArgument]) {
    for argument in arguments {
      switch argument {
      case .range(let range): ranges.append(range)
      case .conditions(let text): conditions.append(text)
      case .path(let path): paths.append(path)
      }
    }
  }

  /// What the side is, for people.
  var name: String {
    let files = paths.first.map { paths.count == 1 ? $0 : "\($0) and \(paths.count - 1) more" }
    return ([files].compactMap(\.self) + conditions + ranges.map(\.words)).joined(separator: " · ")
  }

  /// Fails where a path leads nowhere, and says what else the argument could have been.
  func checkPaths() throws {
    // Names that are not UTF-8 have an error of their own.
    for path in paths where !path.unicodeScalars.contains("\u{FFFD}") {
      do throws(FileError) {
        _ = try RegularFile.kind(of: path)
      } catch {
        guard error.code == .notFound else { throw error }
        throw CommandError(.noInput, "\(error)" + Self.advice(on: path))
      }
    }
  }

  private static func advice(on path: String) -> String {
    switch SideArgument(argument: path) {
    case .path:
      " (read as a path: a range is written TIME..TIME, a condition KEY=VALUE)"
    case .range: "; to compare ranges of time, write --before \(path) --after …"
    case .conditions: "; to compare by conditions, write --before '\(path)' --after …"
    }
  }
}
#endif
