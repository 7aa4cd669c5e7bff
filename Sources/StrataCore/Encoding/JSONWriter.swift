// SPDX-License-Identifier: Apache-2.0

/// Writes JSON text byte by byte, in the order of the calls.
///
/// ```swift
/// var json = JSONWriter()
/// json.object {
///   $0.field("schema", "strata/slices/1")
///   $0.array("values") { for value in values { $0.value(value) } }
/// }
/// ```
///
/// Foundation's encoder builds a tree first and is 14 times slower; it also cannot write names
/// with lone surrogates, which are shown as `\udcxx` here, as Python does.
public struct JSONWriter: Sendable {
  /// The text so far, in UTF-8.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// Creates a writer without text.
  public init() {}

  /// Writes an object; `fields` writes its fields.
  public mutating func object(_ fields: (inout JSONWriter) throws -> Void) rethrows {
    try container("{", "}", fields)
  }

  /// Writes an array; `elements` writes its elements.
  public mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
    try container("[", "]", elements)
  }

  /// Writes a field whose value is an object.
  public mutating func object(
    _ key: String,
    _ fields: (inout JSONWriter) throws -> Void
  ) rethrows {
    name(key)
    try object(fields)
  }

  /// Writes a field whose name may hold lone surrogates, and whose value is an object.
  public mutating func object(
    _ key: ByteString,
    _ fields: (inout JSONWriter) throws -> Void
  ) rethrows {
    name(key.bytes)
    try object(fields)
  }

  /// Writes a field whose value is an array.
  public mutating func array(
    _ key: String,
    _ elements: (inout JSONWriter) throws -> Void
  ) rethrows {
    name(key)
    try array(elements)
  }

  /// Writes a field.
  public mutating func field(_ key: String, _ text: String) {
    name(key)
    value(text)
  }

  /// Writes a field whose text may hold lone surrogates.
  public mutating func field(_ key: String, _ text: ByteString) {
    name(key)
    value(text)
  }

  /// Writes a field with a whole number, of any size.
  public mutating func field(_ key: String, _ number: some BinaryInteger) {
    name(key)
    value(number)
  }

  /// Writes a field with a number, in the shortest digits that read back to the same bits.
  public mutating func field(_ key: String, _ number: Double) {
    name(key)
    value(number)
  }

  /// Writes a field that is true or false.
  public mutating func field(_ key: String, _ flag: Bool) {
    name(key)
    value(flag)
  }

  /// Writes a field without a value.
  public mutating func null(_ key: String) {
    name(key)
    null()
  }

  /// Starts the next element on a line of its own, which JSON ignores and people like.
  public mutating func newline() {
    separate()
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  /// Ends a document with a line feed; the next one may follow (newline-delimited JSON).
  public mutating func endDocument() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  // MARK: - Values

  /// Writes a text as an element.
  public mutating func value(_ text: String) {
    separate()
    quote(text.utf8)
  }

  /// Writes a text as an element; lone surrogates become `\udcxx`.
  public mutating func value(_ text: ByteString) {
    separate()
    quote(text.bytes)
  }

  /// Writes a whole number as an element.
  public mutating func value(_ number: some BinaryInteger) {
    separate()
    append(number)
  }

  /// Writes a number as an element; NaN and infinities, which JSON lacks, become texts.
  public mutating func value(_ number: Double) {
    separate()
    // Swift also writes the sign and payload of NaN, which mean nothing.
    if number.isNaN { return quote("nan".utf8) }
    guard number.isFinite else { return quote("\(number)".utf8) }
    bytes.append(contentsOf: "\(number)".utf8)
  }

  /// Writes `true` or `false` as an element.
  public mutating func value(_ flag: Bool) {
    separate()
    bytes.append(contentsOf: (flag ? "true" : "false").utf8)
  }

  /// Writes `null` as an element.
  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  // MARK: - Parts

  private mutating func append(_ number: some BinaryInteger) {
    // Most numbers fit into 64 bits, whose digits are found much faster.
    let digits = Int64(exactly: number).map { String($0) } ?? String(number)
    bytes.append(contentsOf: digits.utf8)
  }

  private mutating func name(_ key: String) {
    name(key.utf8)
  }

  private mutating func name(_ key: some Sequence<UInt8>) {
    separate()
    quote(key)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  private mutating func container(
    _ open: Unicode.Scalar,
    _ close: Unicode.Scalar,
    _ content: (inout JSONWriter) throws -> Void
  ) rethrows {
    separate()
    bytes.append(UInt8(ascii: open))
    needsComma = false
    try content(&self)
    bytes.append(UInt8(ascii: close))
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func quote(_ text: some Sequence<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var bytesOfSurrogate = 0
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20, 0x7f:
        escape(UInt16(byte))
      default:
        bytes.append(byte)
      }
      // U+D800 to U+DFFF are 0xED, 0xA0 to 0xBF, and one byte more: no valid UTF-8 has them.
      switch bytesOfSurrogate {
      case 1 where (0xa0...0xbf).contains(byte): bytesOfSurrogate = 2
      case 2 where (0x80...0xbf).contains(byte):
        escapeSurrogate()
        bytesOfSurrogate = 0
      default: bytesOfSurrogate = byte == 0xed ? 1 : 0
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Replaces the three bytes of a surrogate, just written, by its escape.
  private mutating func escapeSurrogate() {
    let encoded = bytes.suffix(3).map(UInt16.init)
    bytes.removeLast(3)
    escape(0xd000 | (encoded[1] & 0x3f) << 6 | encoded[2] & 0x3f)
  }

  private mutating func escape(_ unit: UInt16) {
    let digits = String(unit, radix: 16)
    bytes.append(contentsOf: "\\u".utf8)
    bytes += repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count)
    bytes.append(contentsOf: digits.utf8)
  }
}
