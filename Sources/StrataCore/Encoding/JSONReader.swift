// SPDX-License-Identifier: Apache-2.0

/// A text that is not JSON, or not the JSON that was expected: where, and what.
package struct JSONSyntaxError: Error, Hashable {
  /// The offset of the byte that does not fit.
  package var offset: Int
  /// What was expected there.
  package var expected: String
  /// What was found there; nil where the bytes at the offset say it.
  package var found: String?

  /// Creates an error.
  package init(offset: Int, expected: String, found: String? = nil) {
    (self.offset, self.expected, self.found) = (offset, expected, found)
  }
}

/// Reads one JSON text (RFC 8259) of bounded depth, piece by piece: nothing is kept but what the
/// caller keeps.
///
/// ```swift
/// var reader = JSONReader(bytes)
/// try reader.object { json, key in
///   if key == "file" { file = try json.text() } else { try json.skipValue() }
/// }
/// try reader.end()
/// ```
package struct JSONReader {
  /// How deep values may nest: no format of ours needs more than six levels.
  private static let maximumDepth = 32

  private let bytes: ArraySlice<UInt8>
  private var index: Int
  private var depth = 0

  /// Starts at the beginning of a text.
  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  /// How many bytes have been read.
  package var offset: Int { index - bytes.startIndex }

  /// The error that something else was expected here.
  package func expected(_ what: String) -> JSONSyntaxError {
    JSONSyntaxError(offset: offset, expected: what)
  }

  /// Checks that nothing but white space is left.
  package mutating func end() throws(JSONSyntaxError) {
    skipSpace()
    guard index == bytes.endIndex else { throw expected("the end of the text") }
  }

  // MARK: - Values

  /// Reads an object; `body` reads the value of each field.
  package mutating func object(
    _ body: (inout JSONReader, _ key: String) throws(JSONSyntaxError) -> Void
  ) throws(JSONSyntaxError) {
    try enter("{", "an object")
    if skip("}") { return leave() }
    repeat {
      skipSpace()
      let key = try key()
      skipSpace()
      guard skip(":") else { throw expected("':' after a key") }
      try body(&self, key)
      skipSpace()
    } while skip(",")
    guard skip("}") else { throw expected("',' or '}'") }
    leave()
  }

  /// Reads an array; `body` reads each element.
  package mutating func array(
    _ body: (inout JSONReader) throws(JSONSyntaxError) -> Void
  ) throws(JSONSyntaxError) {
    try enter("[", "an array")
    if skip("]") { return leave() }
    repeat {
      try body(&self)
      skipSpace()
    } while skip(",")
    guard skip("]") else { throw expected("',' or ']'") }
    leave()
  }

  private mutating func enter(
    _ mark: Unicode.Scalar,
    _ what: String
  ) throws(JSONSyntaxError) {
    skipSpace()
    try checkDepth()
    guard skip(mark) else { throw expected(what) }
    depth += 1
    skipSpace()
  }

  private mutating func leave() { depth -= 1 }

  private func checkDepth() throws(JSONSyntaxError) {
    guard depth < Self.maximumDepth else {
      throw expected("at most \(Self.maximumDepth) nested values")
    }
  }

  private mutating func key() throws(JSONSyntaxError) -> String {
    guard next == UInt8(ascii: "\"") else { throw expected("a key in quotes") }
    let start = index
    // A String replaces lone surrogates: different keys could become equal.
    guard let key = String(validating: try text().bytes, as: UTF8.self) else {
      index = start
      throw expected("a key in UTF-8, without lone surrogates")
    }
    return key
  }

  /// Reads any value, and forgets it.
  package mutating func skipValue() throws(JSONSyntaxError) {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"):
      try object { (json, _) throws(JSONSyntaxError) in try json.skipValue() }
    case UInt8(ascii: "["): try array { (json) throws(JSONSyntaxError) in try json.skipValue() }
    default: _ = try value()
    }
  }

  /// Reads any value as a tree.
  package mutating func value() throws(JSONSyntaxError) -> JSONValue {
    skipSpace()
    try checkDepth()
    switch next {
    case UInt8(ascii: "{"):
      var fields: [(key: String, value: JSONValue)] = []
      try object { (json, key) throws(JSONSyntaxError) in fields.append((key, try json.value())) }
      return .object(fields)
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      try array { (json) throws(JSONSyntaxError) in elements.append(try json.value()) }
      return .array(elements)
    case UInt8(ascii: "\""): return .string(try text())
    case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
      return .number(try number())
    default: return try word()
    }
  }

  private mutating func word() throws(JSONSyntaxError) -> JSONValue {
    if skip(word: "true") { return .bool(true) }
    if skip(word: "false") { return .bool(false) }
    if skip(word: "null") { return .null }
    throw expected("a JSON value")
  }

  // MARK: - Characters

  private var next: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
      index += 1
    }
  }

  private mutating func skip(_ mark: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: mark) else { return false }
    index += 1
    return true
  }

  private mutating func skip(word: String) -> Bool {
    let wanted = word.utf8
    guard bytes[index...].starts(with: wanted) else { return false }
    index += wanted.count
    return true
  }

  // MARK: - Numbers and texts

  /// Reads a number, and returns its digits in their written form.
  package mutating func number() throws(JSONSyntaxError) -> String {
    skipSpace()
    let start = index
    _ = skip("-")
    let whole = try digits()
    guard whole.count == 1 || whole.first != UInt8(ascii: "0") else {
      throw expected("a number without leading zeros")
    }
    if skip(".") { _ = try digits() }
    if skip("e") || skip("E") {
      if !skip("+") { _ = skip("-") }
      _ = try digits()
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func digits() throws(JSONSyntaxError) -> ArraySlice<UInt8> {
    let start = index
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    guard index > start else { throw expected("a digit") }
    return bytes[start..<index]
  }

  /// Reads a text; a lone surrogate is kept in its three-byte form.
  package mutating func text() throws(JSONSyntaxError) -> ByteString {
    skipSpace()
    guard skip("\"") else { throw expected("a string in quotes") }
    // Most texts have no escapes: they are copied at once.
    var content = Array(bytes[plainRange()])
    while true {
      switch next {
      case UInt8(ascii: "\""):
        index += 1
        return ByteString(content)
      case UInt8(ascii: "\\"):
        index += 1
        content += try escape()
        content += bytes[plainRange()]
      case nil:
        throw expected("'\"' at the end of a string")
      default:
        throw expected("no control character in a string")
      }
    }
  }

  /// Skips the bytes of a text that stand for themselves.
  private mutating func plainRange() -> Range<Int> {
    let start = index
    while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      index += 1
    }
    return start..<index
  }

  private mutating func escape() throws(JSONSyntaxError) -> [UInt8] {
    guard let byte = next else { throw expected("a character after '\\'") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return try unicodeEscape()
    default:
      index -= 1
      throw expected("one of \"\\/bfnrtu after '\\'")
    }
  }

  /// The UTF-8 of `\uXXXX`, of a pair of them, or of a lone surrogate in the three-byte form.
  private mutating func unicodeEscape() throws(JSONSyntaxError) -> [UInt8] {
    let unit = try hexDigits()
    if (0xd800..<0xdc00).contains(unit) {
      let afterUnit = index
      if skip(word: "\\u"), case let low = try hexDigits(), (0xdc00..<0xe000).contains(low) {
        return Self.encode(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
      }
      index = afterUnit
    }
    return Self.encode(unit)
  }

  private mutating func hexDigits() throws(JSONSyntaxError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw expected("four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  private static func encode(_ code: UInt32) -> [UInt8] {
    func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(code >> shift & 0x3f) }
    return switch code {
    case 0..<0x80: [UInt8(code)]
    case 0x80..<0x800: [0xc0 | UInt8(code >> 6), tail(0)]
    case 0x800..<0x10000: [0xe0 | UInt8(code >> 12), tail(6), tail(0)]
    default: [0xf0 | UInt8(code >> 18), tail(12), tail(6), tail(0)]
    }
  }
}
