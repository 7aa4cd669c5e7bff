// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The forms that nearly all objects of a dump have, read without ceremony.
///
/// Each step answers nil, or false, and leaves everything as it was where the next object has
/// another form or is damaged: then the full rules decide, which also know what to complain about.
extension PstatsParser {
  /// A whole number of 32 bits, or a reference to one of 64.
  @inline(__always)
  mutating func usualInteger() -> Int64? {
    guard let (code, operand) = cursor.peekOperand() else { return nil }
    let value: Int64
    switch code {
    case MarshalCode.int32:
      value = Int64(operand)
    case MarshalCode.int32 | MarshalCode.flag:
      value = Int64(operand)
      references.append(.integer(value), if: true)
    case MarshalCode.reference:
      guard case .integer(let referred)? = references[operand] else { return nil }
      value = referred
    default:
      return nil
    }
    cursor.offset += MarshalCursor.operandSize
    return value
  }

  /// A float that no reference names.
  @inline(__always)
  mutating func usualFloat() -> Double? {
    guard let bits = cursor.peek(UInt64.self, after: MarshalCode.float) else { return nil }
    cursor.offset += 9
    return Double(bitPattern: bits)
  }

  /// A reference to a text.
  @inline(__always)
  mutating func usualText() -> Int32? {
    guard let (code, operand) = cursor.peekOperand(), code == MarshalCode.reference,
      case .text(let text)? = references[operand]
    else { return nil }
    cursor.offset += MarshalCursor.operandSize
    return text
  }

  /// Enters a tuple of a known length that no reference names.
  @inline(__always)
  mutating func usualTuple(_ length: UInt8) -> Bool {
    let start = UInt16(MarshalCode.smallTuple) | UInt16(length) << 8
    guard cursor.peek(UInt16.self) == start else { return false }
    cursor.offset += 2
    return true
  }

  /// Enters a dict that no reference names.
  @inline(__always)
  mutating func usualDict() -> Bool {
    guard cursor.peek(UInt8.self) == MarshalCode.dict else { return false }
    cursor.offset += 1
    return true
  }
}

extension MarshalCursor {
  /// The size of a type code with 32 bits behind it.
  static let operandSize = 5

  /// The integer that comes next; nil where the file ends before.
  @inline(__always)
  func peek<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T? {
    guard bytes.count - offset >= MemoryLayout<T>.size else { return nil }
    return bytes.load(T.self, at: offset)
  }

  /// The integer behind a type code; nil where another code stands, or the file ends before.
  @inline(__always)
  func peek<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, after code: UInt8) -> T? {
    guard bytes.count - offset > MemoryLayout<T>.size, bytes[offset] == code else { return nil }
    return bytes.load(T.self, at: offset + 1)
  }

  /// The next byte and the 32 bits behind it; nil where the file ends before.
  @inline(__always)
  func peekOperand() -> (code: UInt8, operand: Int32)? {
    guard bytes.count - offset >= Self.operandSize else { return nil }
    return (bytes[offset], bytes.load(Int32.self, at: offset + 1))
  }
}
