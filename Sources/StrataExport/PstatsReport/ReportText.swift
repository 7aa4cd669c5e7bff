// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Lines of a report, with columns counted in code points.
struct ReportText {
  private var bytes: [UInt8] = []

  /// The size at which a text is handed on.
  private static let pieceSize = 1 << 16

  /// Hands the text on once it is large enough, and starts again in the same memory.
  mutating func pass<Failure>(
    to output: ([UInt8]) throws(Failure) -> Void,
    always isDue: Bool = false
  ) throws(Failure) {
    guard bytes.count >= Self.pieceSize || isDue && !bytes.isEmpty else { return }
    try output(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  mutating func append(_ text: ByteString) {
    bytes.append(contentsOf: text.bytes)
  }

  /// Appends a function of a list as pstats names it.
  mutating func append(_ functions: FunctionTable, _ index: Int32) {
    functions.appendStandardName(of: Int(index), to: &bytes)
  }

  mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Appends a line.
  mutating func line(_ text: String) {
    append(text)
    newline()
  }

  /// Appends a text of ASCII at the right of a column.
  mutating func append(_ text: String, width: Int) {
    append(spaces: width - text.utf8.count)
    append(text)
  }

  /// Appends a text at the left of a column.
  mutating func append(_ text: ByteString, paddedTo width: Int) {
    append(text)
    append(spaces: width - text.codePointCount)
  }

  /// Appends a number as `%8.3f` does.
  mutating func seconds(_ value: Double, width: Int = 8) {
    FixedDecimal.append(value, width: width, to: &bytes)
  }

  /// Appends a quotient, or eight spaces where there is none.
  mutating func seconds(_ value: Double, dividedBy count: CallCount) {
    if count == 0 { return append(spaces: 8) }
    // 128 bits are turned into a Double by generic code, which takes longer than all else here.
    seconds(value / (Int64(exactly: count).map { Double($0) } ?? Double(count)))
  }

  private mutating func append(spaces count: Int) {
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: max(0, count)))
  }
}

extension ByteString {
  /// How many code points the text has: what Python calls its length.
  var codePointCount: Int {
    bytes.reduce(0) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 }
  }
}
