// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataService
import StrataSpool

/// One side of a comparison as an argument: a range of time, conditions, or a path.
struct SideArgument: ExpressibleByArgument {
  var value: SideText

  init(argument: String) {
    value = SideText(parsing: argument, now: .now) { FileIdentity(of: $0) != nil }
  }

  /// The argument that means a path, whatever it looks like.
  static func argument(path: String) -> String {
    if case .path = SideArgument(argument: path).value { path } else { "./" + path }
  }
}

/// One side of a comparison: all that its arguments say together.
struct ComparisonSide {
  /// What is read; without paths, the source that both sides share.
  var paths: [String] = []
  /// Which captures of them.
  var request = CaptureRequest()
  private var ranges: [TimeRange] = []

  init(_ texts: [SideText]) {
    for text in texts {
      switch text {
      case .range(let range): ranges.append(range)
      case .conditions(let text): request.conditions.append(text)
      case .path(let path): paths.append(path)
      }
    }
    for range in ranges { request.range = request.range.intersection(range) }
  }

  /// What the side is, for people.
  var name: String {
    let files = paths.first.map { paths.count == 1 ? $0 : "\($0) and \(paths.count - 1) more" }
    let parts = [files].compactMap(\.self) + request.conditions + ranges.map(\.words)
    return parts.joined(separator: " · ")
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
    switch SideArgument(argument: path).value {
    case .path:
      " (read as a path; write a range as TIME..TIME, a condition as KEY=VALUE)"
    case .range: "; to compare ranges of time, write --before \(path) --after …"
    case .conditions: "; to compare by conditions, write --before '\(path)' --after …"
    }
  }
}
#endif
