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
/// with lone surrogates, which are shown as `\udcxx` here, as Python does. Controls of any kind are
/// escaped, so that a terminal shows the text and does not obey it.
public struct JSONWriter: Sendable {
  /// The text so far, in UTF-8.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// Creates a writer without text.
  public init() {}

  /// Writes an object; `fields` writes its fields.
  public mutating func object<Failure>(
    _ fields: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    try container("{", "}", fields)
  }

  /// Writes an array; `elements` writes its elements.
  public mutating func array<Failure>(
    _ elements: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    try container("[", "]", elements)
  }

  /// Writes a field whose value is an object.
  public mutating func object<Failure>(
    _ key: String,
    _ fields: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    name(key)
    try object(fields)
  }

  /// Writes a field whose name may hold lone surrogates, and whose value is an object.
  public mutating func object<Failure>(
    _ key: ByteString,
    _ fields: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    name(key)
    try object(fields)
  }

  /// Writes a field whose value is an array.
  public mutating func array<Failure>(
    _ key: String,
    _ elements: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
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

  // MARK: - Pieces

  /// Hands the text on once there are some 64 KiB of it, and reuses its memory.
  ///
  /// ``bytes`` then holds what has not been handed on.
  ///
  /// - Parameters:
  ///   - output: Takes the pieces in their order.
  ///   - isDue: Whether what there is should go now, as at the end.
  /// - Throws: What `output` throws.
  public mutating func pass<Failure>(
    to output: ([UInt8]) throws(Failure) -> Void,
    always isDue: Bool = false
  ) throws(Failure) {
    guard bytes.count >= Self.pieceSize || isDue && !bytes.isEmpty else { return }
    try output(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  private static let pieceSize = 1 << 16

  // MARK: - Values

  /// Writes a text as an element.
  public mutating func value(_ text: String) {
    separate()
    quote(text)
  }

  /// Writes a text as an element; lone surrogates become `\udcxx`.
  public mutating func value(_ text: ByteString) {
    separate()
    quote(text)
  }

  /// Writes a whole number as an element.
  public mutating func value(_ number: some BinaryInteger) {
    separate()
    append(number)
  }

  /// Writes a whole number of 128 bits, without the cost of one of any type.
  package mutating func value(_ number: Int128) {
    separate()
    bytes.append(digitsOf: number)
  }

  /// Writes a time in ISO 8601 as an element.
  package mutating func value(_ time: Timestamp) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(iso8601: time)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Begins an object or array whose fields or elements follow: see ``end(_:)``.
  package mutating func begin(_ open: Unicode.Scalar) {
    separate()
    bytes.append(UInt8(ascii: open))
    needsComma = false
  }

  /// Ends what ``begin(_:)`` began.
  package mutating func end(_ close: Unicode.Scalar) {
    bytes.append(UInt8(ascii: close))
    needsComma = true
  }

  /// Writes the name of a field that was quoted before, with its colon: see ``quoted(_:)``.
  package mutating func name(quoted name: ArraySlice<UInt8>) {
    separate()
    bytes += name
    needsComma = false
  }

  /// The name of a field as it is written in each of many objects.
  package static func quoted(_ name: String) -> ArraySlice<UInt8> {
    var json = JSONWriter()
    json.name(name)
    return json.bytes[...]
  }

  /// Writes a number as an element; NaN and infinities, which JSON lacks, become texts.
  public mutating func value(_ number: Double) {
    separate()
    // Swift also writes the sign and payload of NaN, which mean nothing.
    if number.isNaN { return quote("nan") }
    guard number.isFinite else { return quote("\(number)") }
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
    separate()
    quote(key)
    nameEnds()
  }

  private mutating func name(_ key: ByteString) {
    separate()
    quote(key)
    nameEnds()
  }

  private mutating func nameEnds() {
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  private mutating func container<Failure>(
    _ open: Unicode.Scalar,
    _ close: Unicode.Scalar,
    _ content: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    begin(open)
    try content(&self)
    end(close)
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    // Most texts stand for themselves; a copy in an array is looked through faster than a String.
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    guard !areBytesPlain(from: start) else { return }
    bytes.removeSubrange(start...)
    for scalar in text.unicodeScalars {
      if scalar.isASCII { append(ascii: UInt8(scalar.value)) } else { append(scalar) }
    }
  }

  /// Quotes a text whose bytes need not be UTF-8: those that are not become escapes of surrogates.
  private mutating func quote(_ text: ByteString) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    let start = bytes.count
    bytes += text.bytes
    guard !areBytesPlain(from: start) else { return }
    bytes.removeSubrange(start...)
    var offset = 0
    while offset < text.bytes.count {
      let first = text.bytes[offset]
      guard first >= 0x80 else {
        append(ascii: first)
        offset += 1
        continue
      }
      let (value, length) = CodePointDecoder.decode(text.bytes, at: offset)
      if let scalar = Unicode.Scalar(value) { append(scalar) } else { escape(UInt16(value)) }
      offset += length
    }
  }

  private func areBytesPlain(from start: Int) -> Bool {
    for index in start..<bytes.count where !bytes[index].isPlain { return false }
    return true
  }

  private mutating func append(ascii byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0..<0x20, 0x7f:
      escape(UInt16(byte))
    default:
      bytes.append(byte)
    }
  }

  /// Appends a code point beyond ASCII, as an escape where a terminal would obey it.
  private mutating func append(_ scalar: Unicode.Scalar) {
    if scalar.controlsDisplay {
      for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter { escape(unit) }
    } else {
      bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }

  private mutating func escape(_ unit: UInt16) {
    let digits = String(unit, radix: 16)
    bytes.append(contentsOf: "\\u".utf8)
    bytes += repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count)
    bytes.append(contentsOf: digits.utf8)
  }
}

extension UInt8 {
  /// Whether a byte is ASCII that needs no escape in quotes.
  fileprivate var isPlain: Bool {
    (0x20..<0x7F).contains(self) && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
  }
}
