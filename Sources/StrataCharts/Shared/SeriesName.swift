// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The name of a series, safe to show, which can be shortened without losing what tells it apart.
struct SeriesName: Hashable {
  /// The most columns of a name in a picture: longer ones lose their middle, since a name may have
  /// a million letters and appear in a picture a thousand times.
  static let longest = 500

  /// The whole name: `/usr/lib/python3.13/difflib.py:650(get_close_matches)`.
  let full: String
  /// The end that is kept longest: `difflib.py:650(get_close_matches)`.
  private let essence: String

  init(_ key: SeriesKey) {
    full = Self.description(of: key).printable
    essence = Self.essence(of: key).printable
  }

  init(_ function: Function) {
    self.init(.function(function))
  }

  /// A function by file and name alone: `difflib.py(get_close_matches)`.
  init(withoutLine function: Function) {
    func name(_ file: String) -> String {
      function.isBuiltin ? function.description : "\(file)(\(function.name))"
    }
    full = name(function.file.string).printable
    essence = name(Self.baseName(of: function.file)).printable
  }

  /// A name without parts.
  init(words: String) {
    full = words.printable
    essence = full
  }

  /// The name in at most so many columns: folders go first, from the left, then the middle.
  func shortened(to columns: Int) -> String {
    guard !full.fits(in: columns) else { return full }
    guard essence.fits(in: columns - 2), essence.count < full.count else {
      return essence.shortenedInMiddle(to: columns)
    }
    return "…" + folders(columns: columns - essence.columns - 1) + essence
  }

  /// The last folders before the essence that fit, beginning with their separator.
  private func folders(columns: Int) -> String {
    let tail = String(full.dropLast(essence.count)).suffix(columns: columns)
    let start = tail.firstIndex { $0 == "/" || $0 == "\\" }
    return start.map { String(tail[$0...]) } ?? ""
  }

  private static func essence(of key: SeriesKey) -> String {
    switch key {
    case .function(let function):
      guard !function.isBuiltin else { return function.description }
      return "\(baseName(of: function.file)):\(function.line)(\(function.name))"
    case .file(let file), .module(let file): return baseName(of: file)
    case .label, .all: return description(of: key)
    }
  }

  /// The series for people; an empty value is seen as one.
  private static func description(of key: SeriesKey) -> String {
    if case .label(_, "") = key { return "\"\"" }
    return key.description
  }

  private static func baseName(of path: ByteString) -> String {
    let separators = [UInt8(ascii: "/"), UInt8(ascii: "\\")]
    let name = path.bytes.split(omittingEmptySubsequences: true) { separators.contains($0) }.last
    return String(decoding: name ?? path.bytes[...], as: UTF8.self)
  }
}

extension [SeriesName] {
  /// The names in at most so many columns each, no text twice: where two names are alike, or become
  /// so, numbers tell them apart.
  ///
  /// The names are of different things. Texts are alike where Unicode calls them equivalent; a number
  /// may pass the columns where there are few. `written` is what becomes of a text where it is shown.
  func shortened(to columns: Int, _ written: (String) -> String = { $0 }) -> [String] {
    let texts = map { written($0.shortened(to: columns)) }
    var uses: [String: Int] = [:]
    for text in texts { uses[text, default: 0] += 1 }
    guard uses.count < texts.count else { return texts }
    var taken = Set(uses.keys)
    var last: [String: Int] = [:]
    return zip(self, texts).map { name, text in
      guard uses[text] != 1 else { return text }
      var numbered: String
      repeat {
        last[text, default: 0] += 1
        let mark = " #\(last[text, default: 0])"
        numbered = written(name.shortened(to: Swift.max(0, columns - mark.columns))) + mark
      } while !taken.insert(numbered).inserted
      return numbered
    }
  }
}
