// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The forms that nearly all objects of a dump have, read without ceremony.
///
/// Each step answers nil, or false, and leaves all that counts as it was where the next object has
/// another form or is damaged: then the full rules decide, which also know what to complain about.
extension PstatsParser {
  /// Two counts and two times, side by side.
  struct Figures {
    /// Where their objects start in a tuple, and where they end.
    fileprivate enum Offset {
      static let first = 2
      static let second = first + MarshalCursor.operandSize
      static let selfTime = second + MarshalCursor.operandSize
      static let cumulativeTime = selfTime + MarshalCursor.floatSize
      static let end = cumulativeTime + MarshalCursor.floatSize
    }

    /// The counts, from 0 up: which one is that of all calls, the place of the tuple says.
    let first: Int32
    let second: Int32
    let selfTime: Double
    let cumulativeTime: Double
  }

  /// Enters a tuple of a known length that no reference names, and reads what it begins with: two
  /// counts, then two floats that no reference names.
  @inline(__always)
  mutating func usualFigures(of length: UInt8) -> Figures? {
    guard let figures = usualFigures(of: length, at: cursor.offset) else { return nil }
    cursor.offset += Figures.Offset.end
    return figures
  }

  @inline(__always)
  private mutating func usualFigures(of length: UInt8, at start: Int) -> Figures? {
    guard cursor.bytes.count - start >= Figures.Offset.end,
      cursor.bytes.load(UInt16.self, at: start) == MarshalCode.smallTuple(of: length),
      cursor.bytes[start + Figures.Offset.selfTime] == MarshalCode.float,
      cursor.bytes[start + Figures.Offset.cumulativeTime] == MarshalCode.float
    else { return nil }
    let known = references.count
    let first = usualCount(at: start + Figures.Offset.first)
    let second = usualCount(at: start + Figures.Offset.second)
    guard first >= 0, second >= 0 else {
      references.removeLast(references.count - known)
      return nil
    }
    return Figures(
      first: first,
      second: second,
      selfTime: float(after: start + Figures.Offset.selfTime),
      cumulativeTime: float(after: start + Figures.Offset.cumulativeTime)
    )
  }

  /// The whole number of 31 bits, or the reference to one, at an offset; else one below zero.
  @inline(__always)
  private mutating func usualCount(at offset: Int) -> Int32 {
    let operand = cursor.bytes.load(Int32.self, at: offset + 1)
    switch cursor.bytes[offset] {
    case MarshalCode.int32:
      return operand
    case MarshalCode.int32 | MarshalCode.flag:
      references.append(.integer(Int64(operand)), if: true)
      return operand
    case MarshalCode.reference:
      guard case .integer(let referred)? = references[operand] else { return -1 }
      return Int32(exactly: referred) ?? -1
    default:
      return -1
    }
  }

  @inline(__always)
  private func float(after code: Int) -> Double {
    Double(bitPattern: cursor.bytes.load(UInt64.self, at: code + 1))
  }

  /// Reads callers of the usual form up to the first of another: a reference to a key, then figures.
  @inline(__always)
  mutating func usualCallers() throws(FormatError) {
    let start = cursor.offset
    var offset = start
    while cursor.bytes.count - offset >= MarshalCursor.operandSize + Figures.Offset.end,
      cursor.bytes[offset] == MarshalCode.reference,
      case .function(let caller)? = references[cursor.bytes.load(Int32.self, at: offset + 1)],
      let figures = usualFigures(of: 4, at: offset + MarshalCursor.operandSize)
    {
      assembly.addCaller(caller, figures)
      offset += MarshalCursor.operandSize + Figures.Offset.end
    }
    cursor.offset = offset
    try count(
      repetitions: (offset - start) / (MarshalCursor.operandSize + Figures.Offset.end)
    )
  }

  /// A key: a reference to one, or a tuple.
  @inline(__always)
  mutating func usualKey() -> Int32? {
    guard let (code, operand) = cursor.peekOperand() else { return nil }
    guard code == MarshalCode.reference else { return usualTupleKey() }
    guard case .function(let function)? = references[operand] else { return nil }
    cursor.offset += MarshalCursor.operandSize
    return function
  }

  private mutating func usualTupleKey() -> Int32? {
    let start = cursor.offset
    guard let head = cursor.peek(UInt16.self), references.replays == 0,
      head & ~UInt16(MarshalCode.flag) == MarshalCode.smallTuple(of: 3)
    else { return nil }
    let known = references.count
    let slot = references.reserve(if: head & UInt16(MarshalCode.flag) != 0)
    guard let file = usualText(at: start + 2), let line = usualLine(at: file.end),
      let name = usualText(at: file.end + MarshalCursor.operandSize),
      let function = assembly.function(file: file.number, line: Int(line), name: name.number)
    else {
      references.removeLast(references.count - known)
      return nil
    }
    references.fill(slot, .function(function))
    cursor.offset = name.end
    return function
  }

  /// A short text of ASCII, or a reference to a text, at an offset.
  @inline(__always)
  private mutating func usualText(at start: Int) -> (number: Int32, end: Int)? {
    guard cursor.bytes.count - start >= MarshalCursor.operandSize else { return nil }
    let code = cursor.bytes[start]
    switch code & ~MarshalCode.flag {
    case MarshalCode.shortASCIIInterned, MarshalCode.shortASCII:
      let end = start + 2 + Int(cursor.bytes[start + 1])
      guard end <= cursor.bytes.count, let text = assembly.addASCII(start + 2..<end) else {
        return nil
      }
      references.append(.text(text), if: code & MarshalCode.flag != 0)
      return (text, end)
    case MarshalCode.reference:
      let operand = cursor.bytes.load(Int32.self, at: start + 1)
      guard case .text(let text)? = references[operand] else { return nil }
      return (text, start + MarshalCursor.operandSize)
    default:
      return nil
    }
  }

  @inline(__always)
  private mutating func usualLine(at offset: Int) -> Int32? {
    guard cursor.bytes.count - offset >= MarshalCursor.operandSize else { return nil }
    let line = usualCount(at: offset)
    return line >= 0 ? line : nil
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

extension ProfileAssembly {
  /// Adds a caller with the counts in the order that they have there.
  @inline(__always)
  mutating func addCaller(_ caller: Int32, _ figures: PstatsParser.Figures) {
    addCaller(
      caller,
      callCount: figures.first,
      primitiveCallCount: figures.second,
      selfTime: figures.selfTime,
      cumulativeTime: figures.cumulativeTime
    )
  }
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
  /// The size of a type code with a float behind it.
  static let floatSize = 9

  /// The integer that comes next; nil where the file ends before.
  @inline(__always)
  func peek<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T? {
    guard bytes.count - offset >= MemoryLayout<T>.size else { return nil }
    return bytes.load(T.self, at: offset)
  }

  /// The next byte and the 32 bits behind it; nil where the file ends before.
  @inline(__always)
  func peekOperand() -> (code: UInt8, operand: Int32)? {
    guard bytes.count - offset >= Self.operandSize else { return nil }
    return (bytes[offset], bytes.load(Int32.self, at: offset + 1))
  }
}
