// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The functions that are the keys of a dump, and their texts, each inline or by reference.
extension PstatsParser {
  /// A key of the outer dict or of a dict of callers.
  enum Key {
    case function(Int32)
    case sampledMarker
  }

  /// The next key, or nil at the end of the dict.
  mutating func key() throws(PstatsError) -> Key? {
    let start = cursor.offset
    let (code, isFlagged) = try typeCode()
    switch code {
    case MarshalCode.null:
      return nil
    case MarshalCode.reference:
      let entry = try reference(at: start)
      if case .function(let function) = entry { return .function(function) }
      throw PstatsError(
        .notStatistics,
        at: start,
        expected: "a function (file, line, name)",
        found: "a reference to \(entry.name)"
      )
    case MarshalCode.smallTuple, MarshalCode.tuple:
      return try inlineKey(code, at: start, slot: references.reserve(if: isFlagged))
    default:
      throw unexpected(code, at: start, "a function (file, line, name)")
    }
  }

  private mutating func inlineKey(
    _ code: UInt8,
    at start: Int,
    slot: Int?
  ) throws(PstatsError) -> Key {
    let size =
      code == MarshalCode.smallTuple
      ? Int(try cursor.byte("a size")) : try cursor.size(of: "a tuple")
    if size == 1 {
      let text = try text("a text")
      if texts.list[Int(text)] == "__sampled__" { return .sampledMarker }
    }
    guard size == 3 else {
      throw PstatsError(
        .notStatistics,
        at: start,
        expected: "a function (file, line, name)",
        found: "a tuple of \(size)"
      )
    }
    let file = try text("the file of a function")
    let line = try line()
    let name = try text("the name of a function")
    let function = functions.number(file: file, line: line, name: name)
    references.fill(slot, .function(function))
    return .function(function)
  }

  private mutating func line() throws(PstatsError) -> Int {
    if let usual = usualInteger() { return Int(usual) }
    let start = cursor.offset
    let value = try integer("the line of a function")
    guard let line = Int(exactly: value) else {
      throw PstatsError(.tooLarge, at: start, expected: "a line of 63 bits", found: "\(value)")
    }
    return line
  }

  /// The number of the next text.
  private mutating func text(_ what: StaticString) throws(PstatsError) -> Int32 {
    if let usual = usualText() { return usual }
    let start = cursor.offset
    let (code, isFlagged) = try typeCode()
    let text: Int32
    switch code {
    case MarshalCode.shortASCII, MarshalCode.shortASCIIInterned:
      text = latin1(try cursor.range(Int(try cursor.byte("a size")), "a string"))
    case MarshalCode.ascii, MarshalCode.asciiInterned:
      text = latin1(try cursor.range(try cursor.size(of: "a string"), "a string"))
    case MarshalCode.unicode, MarshalCode.interned, MarshalCode.bytes:
      text = try longText(code, at: start, what)
    case MarshalCode.internedReference:
      return try internedText(at: start)
    case MarshalCode.reference:
      let entry = try reference(at: start)
      if case .text(let text) = entry { return text }
      throw PstatsError(
        .notStatistics,
        at: start,
        expected: what.description,
        found: "a reference to \(entry.name)"
      )
    default:
      throw unexpected(code, at: start, what.description)
    }
    references.append(.text(text), if: isFlagged)
    return text
  }

  private mutating func latin1(_ range: Range<Int>) -> Int32 {
    guard !cursor.bytes.isASCII(range) else { return texts.number(cursor.bytes, range) }
    let converted = MarshalText.latin1(cursor.bytes[range])
    return texts.number(converted, converted.indices)
  }

  private mutating func longText(
    _ code: UInt8,
    at start: Int,
    _ what: StaticString
  ) throws(PstatsError) -> Int32 {
    if code == MarshalCode.bytes, dialect == .python3 {
      throw unexpected(code, at: start, what.description)
    }
    let range = try cursor.range(try cursor.size(of: "a string"), "a string")
    let isBytes = dialect == .python2 && code != MarshalCode.unicode
    let number: Int32
    if isBytes {
      let converted = MarshalText.escapingInvalidUTF8(cursor.bytes, range)
      number = texts.number(converted, converted.indices)
    } else if let invalid = MarshalText.firstInvalidUTF8(
      in: cursor.bytes,
      range,
      allowingSurrogates: true
    ) {
      throw PstatsError(
        .notMarshal,
        at: invalid,
        expected: "UTF-8",
        found: "byte 0x\(String(cursor.bytes[invalid], radix: 16))"
      )
    } else {
      number = texts.number(cursor.bytes, range)
    }
    if code == MarshalCode.interned { references.interned.append(number) }
    return number
  }

  /// A text of Python 2 by its place among the interned ones.
  private mutating func internedText(at start: Int) throws(PstatsError) -> Int32 {
    let index = try cursor.integer(Int32.self, "a string reference")
    guard dialect == .python2, references.interned.indices.contains(Int(index)) else {
      throw PstatsError(
        .notMarshal,
        at: start,
        expected: "a reference to one of \(references.interned.count) interned strings",
        found: "string reference \(index)"
      )
    }
    return references.interned[Int(index)]
  }
}
