// SPDX-License-Identifier: Apache-2.0

/// What the functions of a report are ordered by.
///
/// Counts and times come in descending order, texts and lines in ascending order, as pstats has
/// it. Source: `Stats.sort_arg_dict_default` in CPython's `Lib/pstats.py`.
public enum SortKey: Hashable, Sendable, CaseIterable {
  /// All calls.
  case callCount
  /// Calls that were not made through recursion.
  case primitiveCallCount
  /// Time in the function itself.
  case selfTime
  /// Time in the function and all that it calls.
  case cumulativeTime
  /// The source file.
  case file
  /// The first line.
  case line
  /// The name.
  case name
  /// The name, then the file, then the line.
  case nameFileLine
  /// The function as pstats prints it (``Function/standardName``).
  case standardName

  /// The words of pstats with their keys, in its order; Strata's `self` comes last.
  ///
  /// `self` is no word of pstats, so it has no abbreviations.
  public static let words: [(word: String, key: SortKey)] = [
    ("calls", .callCount), ("ncalls", .callCount), ("cumtime", .cumulativeTime),
    ("cumulative", .cumulativeTime), ("filename", .file), ("line", .line), ("module", .file),
    ("name", .name), ("nfl", .nameFileLine), ("pcalls", .primitiveCallCount),
    ("stdname", .standardName), ("time", .selfTime), ("tottime", .selfTime),
  ]

  /// The key that a word, or what pstats takes as its abbreviation, stands for.
  ///
  /// pstats calls its abbreviations unique prefixes, which they are not: `cu` is taken and `cum` is
  /// not. `self` and the numbers -1, 0, 1 and 2 of old profilers are understood too.
  public init?(word: String) {
    guard let key = Self.abbreviations[word] ?? Self.otherWords[word] else { return nil }
    self = key
  }

  private static let otherWords: [String: SortKey] = [
    "self": .selfTime, "-1": .standardName, "0": .callCount, "1": .selfTime, "2": .cumulativeTime,
  ]

  /// The prefixes of all words, less those that two words meet at.
  ///
  /// Source: `get_sort_arg_defs`: a word claims its prefixes from the longest on, and stops at the
  /// first that is taken, which then belongs to no word.
  private static let abbreviations: [String: SortKey] = {
    var keys: [String: SortKey] = [:]
    var ambiguous: [String] = []
    for (word, key) in words {
      var fragment = word
      while !fragment.isEmpty {
        guard keys[fragment] == nil else {
          ambiguous.append(fragment)
          break
        }
        keys[fragment] = key
        fragment.removeLast()
      }
    }
    for fragment in ambiguous { keys[fragment] = nil }
    return keys
  }()

  /// The key in the header of a report, after `Ordered by:`.
  public var title: String {
    switch self {
    case .callCount: "call count"
    case .primitiveCallCount: "primitive call count"
    case .selfTime: "internal time"
    case .cumulativeTime: "cumulative time"
    case .file: "file name"
    case .line: "line number"
    case .name: "function name"
    case .nameFileLine: "name/file/line"
    case .standardName: "standard name"
    }
  }
}
