// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The forms that nearly all objects of a dump have, read without ceremony.
///
/// Each step answers nil, or false, and leaves everything as it was where the next object has
/// another form or is damaged: then the full rules decide, which also know what to complain about.
extension PstatsParser {
  /// Enters a tuple of a known length that no reference names and reads what it begins with: two
  /// counts, then two floats that no reference names.
  @inline(__always)
  mutating func usualFigures(of length: UInt8) -> CompactFigures? {
    let start = cursor.offset
    guard cursor.bytes.count - start >= UsualFigures.size,
      cursor.bytes.load(UInt16.self, at: start) == MarshalCode.smallTuple(of: length),
      cursor.bytes[start + UsualFigures.selfTime] == MarshalCode.float,
      cursor.bytes[start + UsualFigures.cumulativeTime] == MarshalCode.float
    else { return nil }
    let known = references.count
    guard let first = usualCount(at: start + UsualFigures.firstCount),
      let second = usualCount(at: start + UsualFigures.secondCount)
    else {
      references.removeLast(references.count - known)
      return nil
    }
    cursor.offset += UsualFigures.size
    return CompactFigures(
      callCount: first,
      primitiveCallCount: second,
      selfTime: float(after: start + UsualFigures.selfTime),
      cumulativeTime: float(after: start + UsualFigures.cumulativeTime)
    )
  }

  /// The whole number of 32 bits, or the reference to one, at an offset.
  @inline(__always)
  private mutating func usualCount(at offset: Int) -> CompactCount? {
    let operand = cursor.bytes.load(Int32.self, at: offset + 1)
    switch cursor.bytes[offset] {
    case MarshalCode.int32:
      return CompactCount(operand)
    case MarshalCode.int32 | MarshalCode.flag:
      references.append(.integer(Int64(operand)), if: true)
      return CompactCount(operand)
    case MarshalCode.reference:
      guard case .integer(let referred)? = references[operand] else { return nil }
      return Int32(exactly: referred).flatMap { CompactCount($0) }
    default:
      return nil
    }
  }

  @inline(__always)
  private func float(after code: Int) -> Double {
    Double(bitPattern: cursor.bytes.load(UInt64.self, at: code + 1))
  }

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
    guard cursor.peek(UInt16.self) == MarshalCode.smallTuple(of: length) else { return false }
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

/// Where the objects of a tuple stand that begins with two counts and two floats.
private enum UsualFigures {
  static let firstCount = 2
  static let secondCount = firstCount + MarshalCursor.operandSize
  static let selfTime = secondCount + MarshalCursor.operandSize
  static let cumulativeTime = selfTime + 9
  static let size = cumulativeTime + 9
}

extension MarshalCode {
  /// A tuple of a known length that no reference names, as its first two bytes.
  fileprivate static func smallTuple(of length: UInt8) -> UInt16 {
    UInt16(smallTuple) | UInt16(length) << 8
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
