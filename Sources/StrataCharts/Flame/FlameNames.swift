// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What the functions of a flame graph are called, no two alike.
struct FlameNames {
  /// The texts of one function.
  private struct Texts {
    /// `/usr/lib/python3.13/difflib.py:650(get_close_matches)`, of at most 500 columns.
    var title = ""
    /// `get_close_matches · difflib.py:650`, with as many folders as it takes to be unique.
    var label = ""
  }

  private var texts: [Function: Texts] = [:]

  /// Names the functions of a tree.
  ///
  /// - Complexity: O(*n*) in the functions and the folders of their files.
  init(_ tree: CallTree) {
    let functions = Set(tree.nodes.lazy.compactMap(\.function)).sorted()
    let titles = functions.map { SeriesName($0) }.shortened(to: SeriesName.longest)
    let labels = Self.labels(of: functions).map { SeriesName(words: $0) }
      .shortened(to: SeriesName.longest)
    for (index, function) in functions.enumerated() {
      texts[function] = Texts(title: titles[index], label: labels[index])
    }
  }

  /// The function in full.
  func title(of function: Function) -> String { texts[function]?.title ?? "" }

  /// The function in short, for its frame.
  func label(of function: Function) -> String { texts[function]?.label ?? "" }

  /// Names with as few folders as tell functions apart; the script of the picture makes the same of
  /// the titles.
  private static func labels(of functions: [Function]) -> [String] {
    var depths = functions.map { _ in 1 }
    while true {
      let labels = zip(functions, depths).map { label(of: $0, folders: $1) }
      var uses: [String: Int] = [:]
      for label in labels { uses[label, default: 0] += 1 }
      var hasGrown = false
      for index in functions.indices
      where uses[labels[index]] != 1 && depths[index] < functions[index].pathParts.count {
        depths[index] += 1
        hasGrown = true
      }
      if !hasGrown { return labels }
    }
  }

  private static func label(of function: Function, folders: Int) -> String {
    guard !function.isBuiltin else {
      let text = function.description
      let prefix = "{built-in method "
      return (text.hasPrefix(prefix) ? "{" + text.dropFirst(prefix.count) : text).printable
    }
    let file = function.pathParts.suffix(folders).map { String(decoding: $0, as: UTF8.self) }
    return "\(function.name) · \(file.joined(separator: "/")):\(function.line)".printable
  }
}

extension Function {
  /// The folders of the file, and its name.
  fileprivate var pathParts: [ArraySlice<UInt8>] {
    file.bytes.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
  }
}
