// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Rows of comma-separated values, quoted as RFC 4180 says, always in valid UTF-8.
///
/// Lines end with a line feed alone, as other tools of the shell expect.
///
/// A lone surrogate, or a byte that is not UTF-8 (which counts as U+DC00 plus the byte, as in
/// Python), is written as in JSON: `\udce9`. A backslash before such letters in the text itself is
/// written as `\u005c`, so that both can be told apart; every other backslash stays. Texts that a
/// spreadsheet would evaluate are prefixed with an apostrophe: see ``CSVTexts``.
public struct DelimitedText: Sendable {
  /// One field of a row.
  public enum Cell: Hashable, Sendable {
    /// A text that a program wrote: the name of a function, a label.
    case text(ByteString)
    /// Digits, or words of our own such as `true`: written as they are.
    case value(String)
    /// Nothing.
    case empty
  }

  /// The text that has not been handed on, in UTF-8.
  public private(set) var bytes: [UInt8] = []
  private let texts: CSVTexts

  /// Creates a text that begins with a row of column names.
  public init(header: [String], texts: CSVTexts = .harmless) {
    self.texts = texts
    row(header.map { .text(ByteString($0)) })
  }

  /// Appends a row.
  public mutating func row(_ cells: [Cell]) {
    append(cells, to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Cells as they are in a row, for many rows that have them in common.
  func encoded(_ cells: [Cell]) -> [UInt8] {
    var bytes: [UInt8] = []
    append(cells, to: &bytes)
    return bytes
  }

  /// Appends a row of encoded cells.
  mutating func row(encoded parts: [UInt8]...) {
    for (index, part) in parts.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += part
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Hands the rows on once there are some 64 KiB of them, and reuses their memory.
  ///
  /// - Parameters:
  ///   - output: Takes the pieces in their order, each of whole rows.
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

  // MARK: - Cells

  private func append(_ cells: [Cell], to bytes: inout [UInt8]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      switch cell {
      case .text(let text): append(texts.prefix(of: text) + text.csvEncoded, to: &bytes)
      case .value(let value): bytes.append(contentsOf: value.utf8)
      case .empty: break
      }
    }
  }

  private func append(_ field: [UInt8], to bytes: inout [UInt8]) {
    guard field.contains(where: Self.needsQuotes) else { return bytes += field }
    bytes.append(UInt8(ascii: "\""))
    for byte in field {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
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
  /// They stay as they are, for programs that evaluate nothing.
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
