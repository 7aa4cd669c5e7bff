// SPDX-License-Identifier: Apache-2.0

/// Builds marshal files piece by piece, wrong ones included.
package enum Marshal {
  package static func int(_ value: Int32) -> [UInt8] { code("i") + little(value) }

  package static func int64(_ value: Int64) -> [UInt8] { code("I") + little(value) }

  package static func long(_ digits: [UInt16], count: Int32? = nil) -> [UInt8] {
    code("l") + little(count ?? Int32(digits.count)) + digits.flatMap(little)
  }

  package static func float(_ value: Double) -> [UInt8] { code("g") + little(value.bitPattern) }

  package static func textFloat(_ text: String) -> [UInt8] {
    code("f") + [UInt8(text.utf8.count)] + Array(text.utf8)
  }

  /// A short ASCII string.
  package static func short(_ text: String) -> [UInt8] { short(bytes: Array(text.utf8)) }

  package static func short(bytes: [UInt8]) -> [UInt8] { code("z") + [UInt8(bytes.count)] + bytes }

  /// A string with a size of four bytes: `u`, `t`, `s` or `a`.
  package static func sized(_ type: Unicode.Scalar, _ bytes: [UInt8], size: Int32? = nil) -> [UInt8]
  {
    code(type) + little(size ?? Int32(bytes.count)) + bytes
  }

  package static func tuple(_ elements: [UInt8]...) -> [UInt8] {
    code(")") + [UInt8(elements.count)] + elements.joined()
  }

  package static func list(_ elements: [UInt8]...) -> [UInt8] {
    code("[") + little(Int32(elements.count)) + elements.joined()
  }

  package static func dict(_ parts: [UInt8]...) -> [UInt8] { code("{") + parts.joined() + null }

  package static func reference(_ index: Int32) -> [UInt8] { code("r") + little(index) }

  package static func flagged(_ object: [UInt8]) -> [UInt8] {
    [object[0] | 0x80] + object.dropFirst()
  }

  package static let null = code("0")
  package static let none = code("N")
  package static let yes = code("T")
  package static let no = code("F")

  package static func code(_ type: Unicode.Scalar) -> [UInt8] { [UInt8(ascii: type)] }

  package static func key(
    _ file: String = "a.py",
    _ line: Int32 = 3,
    _ name: String = "f"
  ) -> [UInt8] {
    tuple(short(file), int(line), short(name))
  }

  /// The value of a function, `(cc, nc, tt, ct, callers)`.
  package static func entry(
    _ primitive: [UInt8] = int(1),
    _ calls: [UInt8] = int(2),
    _ selfTime: [UInt8] = float(0.5),
    _ cumulativeTime: [UInt8] = float(1),
    _ callers: [UInt8] = dict()
  ) -> [UInt8] {
    tuple(primitive, calls, selfTime, cumulativeTime, callers)
  }

  package static func entry(callers: [UInt8]) -> [UInt8] {
    entry(int(1), int(2), float(0.5), float(1), callers)
  }

  private static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
  }
}
