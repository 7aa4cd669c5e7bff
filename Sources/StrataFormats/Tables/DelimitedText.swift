// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Rows of comma-separated values, quoted as RFC 4180 says.
///
/// Lines end with a line feed alone, as other tools of the shell expect.
public struct DelimitedText: Sendable {
  /// The text so far, in UTF-8.
  public private(set) var bytes: [UInt8] = []

  /// Creates a text that begins with a row of column names.
  public init(header: [String]) {
    row(header.map { ByteString($0) })
  }

  /// Appends a row.
  public mutating func row(_ fields: [ByteString]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(field.bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private static func needsQuotes(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n"): true
    default: false
    }
  }

  private mutating func append(_ field: [UInt8]) {
    guard field.contains(where: Self.needsQuotes) else { return bytes += field }
    bytes.append(UInt8(ascii: "\""))
    for byte in field {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
