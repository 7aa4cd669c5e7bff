// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The texts of a dump, each inline or by reference, in any of the forms that marshal has for them.
extension PstatsParser {
  /// The number of the next text.
  mutating func text(_ what: StaticString) throws(FormatError) -> Int32 {
    let start = cursor.offset
    let (code, isFlagged) = try typeCode()
    let text: Int32
    switch code {
    case MarshalCode.shortASCII, MarshalCode.shortASCIIInterned:
      text = try latin1(try textRange(Int(try cursor.byte("a size"))))
    case MarshalCode.ascii, MarshalCode.asciiInterned:
      text = try latin1(try textRange(try cursor.size(of: "a string")))
    case MarshalCode.unicode, MarshalCode.interned, MarshalCode.bytes:
      text = try longText(code, at: start, what)
    case MarshalCode.internedReference:
      return try internedText(at: start)
    case MarshalCode.reference:
      let entry = try reference(at: start)
      if case .text(let text) = entry { return text }
      throw FormatError(
        pstats: .notAProfile,
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

  private mutating func textRange(_ length: Int) throws(FormatError) -> Range<Int> {
    try count(repetitions: length / 32)
    return try cursor.range(length, "a string")
  }

  private mutating func latin1(_ range: Range<Int>) throws(FormatError) -> Int32 {
    if let text = assembly.addASCII(range) { return text }
    try count(repetitions: range.count)
    return assembly.addText(MarshalText.latin1(cursor.bytes[range]))
  }

  private mutating func longText(
    _ code: UInt8,
    at start: Int,
    _ what: StaticString
  ) throws(FormatError) -> Int32 {
    if code == MarshalCode.bytes, dialect == .python3 {
      throw unexpected(code, at: start, what.description)
    }
    let range = try textRange(try cursor.size(of: "a string"))
    let isBytes = dialect == .python2 && code != MarshalCode.unicode
    let number: Int32
    if isBytes {
      try count(repetitions: range.count)
      number = assembly.addText(MarshalText.escapingInvalidUTF8(cursor.bytes, range))
    } else {
      try cursor.checkUTF8(range)
      number = assembly.addText(range)
    }
    if code == MarshalCode.interned { references.interned.append(number) }
    return number
  }

  /// A text of Python 2 by its place among the interned ones.
  private mutating func internedText(at start: Int) throws(FormatError) -> Int32 {
    let index = try cursor.integer(Int32.self, "a string reference")
    guard dialect == .python2, references.interned.indices.contains(Int(index)) else {
      throw FormatError(
        pstats: .malformed,
        at: start,
        expected: "a reference to one of \(references.interned.count) interned strings",
        found: "string reference \(index)"
      )
    }
    return references.interned[Int(index)]
  }
}
