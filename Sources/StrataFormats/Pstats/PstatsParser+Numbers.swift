// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The numbers of a dump. As in Python, a bool is a whole number, and a whole number may be a time.
extension PstatsParser {
  /// A number as the dump has it.
  private enum Number {
    case integer(Int128)
    case float(Double)
  }

  /// The next number, which must be whole.
  mutating func integer(_ what: StaticString) throws(FormatError) -> Int128 {
    let start = cursor.offset
    guard case .integer(let value) = try number(what) else {
      throw FormatError(
        pstats: .notAProfile,
        at: start,
        expected: what.description,
        found: "a float"
      )
    }
    return value
  }

  /// The next time in seconds.
  mutating func time(_ what: StaticString) throws(FormatError) -> Double {
    switch try number(what) {
    case .float(let value): value
    case .integer(let value): Double(value)
    }
  }

  private mutating func number(_ what: StaticString) throws(FormatError) -> Number {
    let start = cursor.offset
    let (code, isFlagged) = try typeCode()
    switch code {
    case MarshalCode.float:
      let value = try cursor.float()
      references.append(.float(value), if: isFlagged)
      return .float(value)
    case MarshalCode.int32:
      let value = Int64(try cursor.integer(Int32.self, "an int"))
      references.append(.integer(value), if: isFlagged)
      return .integer(Int128(value))
    default:
      return try rareNumber(code, isFlagged: isFlagged, at: start, what)
    }
  }

  private mutating func rareNumber(
    _ code: UInt8,
    isFlagged: Bool,
    at start: Int,
    _ what: StaticString
  ) throws(FormatError) -> Number {
    switch code {
    case MarshalCode.reference:
      return try referredNumber(at: start, what)
    case MarshalCode.int64:
      let value = try cursor.integer(Int64.self, "an int")
      references.append(.integer(value), if: isFlagged)
      return .integer(Int128(value))
    case MarshalCode.long:
      let value = try long(at: start)
      references.append(.container(start), if: isFlagged)
      return .integer(value)
    case MarshalCode.textFloat:
      let value = try cursor.textFloat()
      references.append(.float(value), if: isFlagged)
      return .float(value)
    case MarshalCode.true:
      return .integer(1)
    case MarshalCode.false:
      return .integer(0)
    default:
      throw unexpected(code, at: start, what.description)
    }
  }

  private mutating func long(at start: Int) throws(FormatError) -> Int128 {
    guard let value = try cursor.long() else {
      throw FormatError(
        pstats: .tooLarge,
        at: start,
        expected: "an int of 127 bits",
        found: "a larger one"
      )
    }
    return value
  }

  private mutating func referredNumber(
    at start: Int,
    _ what: StaticString
  ) throws(FormatError) -> Number {
    switch try reference(at: start) {
    case .integer(let value):
      return .integer(Int128(value))
    case .float(let value):
      return .float(value)
    case .container(let offset) where cursor.bytes[offset] & ~MarshalCode.flag == MarshalCode.long:
      let end = cursor.offset
      defer { cursor.offset = end }
      cursor.offset = offset + 1
      return .integer(try long(at: offset))
    case let entry:
      throw FormatError(
        pstats: .notAProfile,
        at: start,
        expected: what.description,
        found: "a reference to \(entry.name)"
      )
    }
  }
}
