// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Rows of comma-separated values, quoted as RFC 4180 says, always in valid UTF-8.
///
/// Lines end with a line feed alone, as other tools of the shell expect. What is undefined is empty;
/// numbers have all their digits.
///
/// A lone surrogate, or a byte that is not UTF-8 (which counts as U+DC00 plus the byte, as in
/// Python), is written as in JSON: `\udce9`. A backslash before such letters in the text itself is
/// written as `\u005c`, so that both can be told apart; every other backslash stays. Texts that a
/// spreadsheet would evaluate are prefixed with an apostrophe: see ``CSVTexts``.
enum CSV: DataWriter {
  static let name = "csv"
  static let mediaType = "text/csv"

  private static let pieceSize = 1 << 16

  static func write<Failure>(
    _ result: any DataResult,
    _ options: DataOptions,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let rows = result.rows
    let columns = rows.columns.indices.filter { rows.columns[$0].place.contains(.tables) }
    var line = CSVLine(texts: options.csvTexts)
    line.append(rows.columns.map { .text(ByteString($0.name)) }, at: columns)
    try rows.forEach { (cells) throws(Failure) in
      line.append(cells, at: columns)
      guard line.bytes.count >= pieceSize else { return }
      try output(line.bytes)
      line.bytes.removeAll(keepingCapacity: true)
    }
    if !line.bytes.isEmpty { try output(line.bytes) }
  }
}

/// Lines of comma-separated values that have not been handed on.
struct CSVLine {
  /// The lines, in UTF-8.
  var bytes: [UInt8] = []
  let texts: CSVTexts
  /// The last time and its text: rows of one slice follow each other.
  private var lastTime: (time: Timestamp, text: [UInt8])?

  init(texts: CSVTexts) {
    self.texts = texts
  }

  /// Appends a line of the cells at some places.
  mutating func append(_ cells: [Cell], at places: [Int]) {
    for (number, place) in places.enumerated() {
      if number > 0 { bytes.append(UInt8(ascii: ",")) }
      append(cells[place])
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func append(_ cell: Cell) {
    switch cell {
    case .text(let text):
      // Most texts stand for themselves, and need no memory of their own.
      if text.bytes.allSatisfy(Self.isPlain), let first = text.bytes.first, Self.isLetter(first) {
        bytes += text.bytes
      } else {
        append(field: texts.prefix(of: text) + text.csvEncoded)
      }
    case .word(let word), .standIn(let word): bytes.append(contentsOf: word.utf8)
    case .time(let time):
      if lastTime?.time != time {
        var text: [UInt8] = []
        text.append(iso8601: time)
        lastTime = (time, text)
      }
      if let lastTime { bytes += lastTime.text }
    case .integer(let number): bytes.append(digitsOf: number)
    case .double(let number): bytes.append(contentsOf: "\(number)".utf8)
    case .flag(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    case .null, .absent, .values, .texts, .rows: break
    }
  }

  private mutating func append(field: [UInt8]) {
    guard field.contains(where: Self.needsQuotes) else { return bytes += field }
    bytes.append(UInt8(ascii: "\""))
    for byte in field {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether a byte is one that needs neither quotes nor escapes.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20..<0x7F).contains(byte) && !needsQuotes(byte) && byte != UInt8(ascii: "\\")
  }

  /// Whether a text that begins so is no formula, whatever follows.
  private static func isLetter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "/") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: "_")
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func needsQuotes(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n"): true
    default: false
    }
  }
}

/// What becomes of texts in CSV that a spreadsheet would evaluate as formulas.
///
/// Such a text begins with `=`, `+`, `-` or `@`, with one of their full-width forms, or with a
/// tab, carriage return or line feed, after which a spreadsheet looks for a formula. Source:
/// OWASP, "CSV Injection".
public enum CSVTexts: Hashable, Sendable {
  /// They are prefixed with an apostrophe, which makes them text.
  ///
  /// A text that has apostrophes before such a beginning gets one more. So a program recovers the
  /// text by removing one apostrophe where such a beginning follows one or more of them. Numbers
  /// are never changed.
  case harmless
  /// They are unchanged, for programs that evaluate nothing.
  case raw

  /// What is written before a text.
  fileprivate func prefix(of text: ByteString) -> [UInt8] {
    guard self == .harmless else { return [] }
    let rest = text.bytes.drop { $0 == UInt8(ascii: "'") }
    return Self.isFormula(rest) ? [UInt8(ascii: "'")] : []
  }

  private static func isFormula(_ bytes: ArraySlice<UInt8>) -> Bool {
    switch bytes.first {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A,
      0x0D:
      true
    case 0xEF: fullWidthSigns.contains { bytes.starts(with: $0.utf8) }
    default: false
    }
  }

  private static let fullWidthSigns = ["\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}"]
}

extension ByteString {
  /// The text in UTF-8, with escapes for what that cannot express.
  fileprivate var csvEncoded: [UInt8] {
    if bytes.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "\\") }) { return bytes }
    var encoded: [UInt8] = []
    encoded.reserveCapacity(bytes.count + 16)
    var offset = 0
    while offset < bytes.count {
      let (value, length) = CodePointDecoder.decode(bytes, at: offset)
      if Unicode.Scalar(value) == nil {
        encoded.append(contentsOf: "\\u\(String(value, radix: 16))".utf8)
      } else if value == 0x5C, looksLikeEscape(after: offset) {
        encoded.append(contentsOf: "\\u005c".utf8)
      } else {
        encoded += bytes[offset..<offset + length]
      }
      offset += length
    }
    return encoded
  }

  /// Whether a backslash could be mistaken for the beginning of one of our escapes.
  private func looksLikeEscape(after backslash: Int) -> Bool {
    let letters = bytes[(backslash + 1)...].prefix(5)
    guard letters.count == 5 else { return false }
    if letters.elementsEqual("u005c".utf8) { return true }
    let (third, rest) = (letters.dropFirst(2).first ?? 0, letters.dropFirst(3))
    return letters.starts(with: "ud".utf8) && Self.surrogateDigits.contains(third)
      && rest.allSatisfy(Self.hexDigits.contains)
  }

  private static let surrogateDigits = Array("89abcdef".utf8)
  private static let hexDigits = Array("0123456789abcdef".utf8)
}
