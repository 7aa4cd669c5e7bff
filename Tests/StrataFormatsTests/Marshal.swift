// SPDX-License-Identifier: Apache-2.0

/// Builds marshal files piece by piece, wrong ones included.
enum Marshal {
  static func int(_ value: Int32) -> [UInt8] { code("i") + little(value) }

  static func int64(_ value: Int64) -> [UInt8] { code("I") + little(value) }

  static func long(_ digits: [UInt16], count: Int32? = nil) -> [UInt8] {
    code("l") + little(count ?? Int32(digits.count)) + digits.flatMap(little)
  }

  static func float(_ value: Double) -> [UInt8] { code("g") + little(value.bitPattern) }

  static func textFloat(_ text: String) -> [UInt8] {
    code("f") + [UInt8(text.utf8.count)] + Array(text.utf8)
  }

  /// A short ASCII string.
  static func short(_ text: String) -> [UInt8] { short(bytes: Array(text.utf8)) }

  static func short(bytes: [UInt8]) -> [UInt8] { code("z") + [UInt8(bytes.count)] + bytes }

  /// A string with a size of four bytes: `u`, `t`, `s` or `a`.
  static func sized(_ type: Unicode.Scalar, _ bytes: [UInt8], size: Int32? = nil) -> [UInt8] {
    code(type) + little(size ?? Int32(bytes.count)) + bytes
  }

  static func tuple(_ elements: [UInt8]...) -> [UInt8] {
    code(")") + [UInt8(elements.count)] + elements.joined()
  }

  static func list(_ elements: [UInt8]...) -> [UInt8] {
    code("[") + little(Int32(elements.count)) + elements.joined()
  }

  static func dict(_ parts: [UInt8]...) -> [UInt8] { code("{") + parts.joined() + null }

  static func reference(_ index: Int32) -> [UInt8] { code("r") + little(index) }

  static func flagged(_ object: [UInt8]) -> [UInt8] { [object[0] | 0x80] + object.dropFirst() }

  static let null = code("0")
  static let none = code("N")
  static let yes = code("T")
  static let no = code("F")

  static func code(_ type: Unicode.Scalar) -> [UInt8] { [UInt8(ascii: type)] }

  static func key(_ file: String = "a.py", _ line: Int32 = 3, _ name: String = "f") -> [UInt8] {
    tuple(short(file), int(line), short(name))
  }

  /// The value of a function, `(cc, nc, tt, ct, callers)`.
  static func entry(
    _ primitive: [UInt8] = int(1),
    _ calls: [UInt8] = int(2),
    _ selfTime: [UInt8] = float(0.5),
    _ cumulativeTime: [UInt8] = float(1),
    _ callers: [UInt8] = dict()
  ) -> [UInt8] {
    tuple(primitive, calls, selfTime, cumulativeTime, callers)
  }

  static func entry(callers: [UInt8]) -> [UInt8] {
    entry(int(1), int(2), float(0.5), float(1), callers)
  }

  private static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
  }
}
