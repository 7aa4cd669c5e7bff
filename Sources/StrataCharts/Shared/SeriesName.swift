// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The name of a series, safe to show, which can be shortened without losing what tells it apart.
struct SeriesName: Hashable {
  /// The whole name: `/usr/lib/python3.13/difflib.py:650(get_close_matches)`.
  let full: String
  /// The end that is kept longest: `difflib.py:650(get_close_matches)`.
  private let essence: String

  init(_ key: SeriesKey) {
    full = key.description.printable
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
    guard full.columns > columns else { return full }
    let room = columns - essence.columns - 1
    guard room >= 1, essence.count < full.count else {
      return essence.shortenedInMiddle(to: columns)
    }
    return "…" + folders(columns: room) + essence
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
    case .label, .all: return key.description
    }
  }

  private static func baseName(of path: ByteString) -> String {
    let separators = [UInt8(ascii: "/"), UInt8(ascii: "\\")]
    let name = path.bytes.split(omittingEmptySubsequences: true) { separators.contains($0) }.last
    return String(decoding: name ?? path.bytes[...], as: UTF8.self)
  }
}
