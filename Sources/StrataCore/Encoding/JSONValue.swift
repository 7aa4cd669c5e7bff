// SPDX-License-Identifier: Apache-2.0

/// A value of a JSON text; numbers keep their digits, so that times lose nothing.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(String)
  case string(ByteString)
  case array([JSONValue])
  /// The fields in the order of the text; of a repeated key, the last one counts.
  case object([(key: String, value: JSONValue)])

  /// The value of a field of an object; nil for other values and absent fields.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let fields) = self else { return nil }
    return fields.last { $0.key == key }?.value
  }

  /// What kind of value it is, for messages.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// A text that is not JSON: where, and what is wrong.
package struct JSONSyntaxError: Error, Hashable {
  /// The offset of the byte that does not fit.
  package var offset: Int
  /// What was expected there.
  package var expected: String
}

/// Reads one JSON text (RFC 8259) of bounded depth.
package struct JSONParser {
  /// How deep values may nest: an index line needs two levels.
  private static let maximumDepth = 32

  private let bytes: ArraySlice<UInt8>
  private var index: Int

  /// Reads the one value that `bytes` hold.
  package static func parse(_ bytes: ArraySlice<UInt8>) throws(JSONSyntaxError) -> JSONValue {
    var parser = JSONParser(bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.index == bytes.endIndex else { throw parser.expected("the end of the text") }
    return value
  }

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    self.index = bytes.startIndex
  }

  private func expected(_ what: String) -> JSONSyntaxError {
    JSONSyntaxError(offset: index - bytes.startIndex, expected: what)
  }

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

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    guard depth < Self.maximumDepth else {
      throw expected("at most \(Self.maximumDepth) nested values")
    }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
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

  private mutating func object(
    depth: Int
  ) throws(JSONSyntaxError) -> [(key: String, value: JSONValue)] {
    var fields: [(key: String, value: JSONValue)] = []
    index += 1
    skipSpace()
    if skip("}") { return fields }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw expected("a key in quotes") }
      let start = index
      // A String replaces lone surrogates: different keys could become equal.
      guard let key = String(validating: try text().bytes, as: UTF8.self) else {
        index = start
        throw expected("a key in UTF-8, without lone surrogates")
      }
      skipSpace()
      guard skip(":") else { throw expected("':' after a key") }
      fields.append((key, try value(depth: depth + 1)))
      skipSpace()
    } while skip(",")
    guard skip("}") else { throw expected("',' or '}'") }
    return fields
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> [JSONValue] {
    var elements: [JSONValue] = []
    index += 1
    skipSpace()
    if skip("]") { return elements }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while skip(",")
    guard skip("]") else { throw expected("',' or ']'") }
    return elements
  }

  private mutating func number() throws(JSONSyntaxError) -> String {
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

  private mutating func text() throws(JSONSyntaxError) -> ByteString {
    index += 1
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
        throw expected("'\"' at the end of a text")
      default:
        throw expected("no control character in a text")
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
