// SPDX-License-Identifier: Apache-2.0

/// The type codes of Python's `marshal` format, the high bit masked out.
///
/// Source: `Python/marshal.c` of CPython 2.7 to 3.15. Versions 0 to 6 of the format differ in which
/// codes they use, not in what a code means; only `t` holds bytes in Python 2 and text in Python 3.
enum MarshalCode {
  static let null = UInt8(ascii: "0")
  static let none = UInt8(ascii: "N")
  static let `true` = UInt8(ascii: "T")
  static let `false` = UInt8(ascii: "F")
  static let stopIteration = UInt8(ascii: "S")
  static let ellipsis = UInt8(ascii: ".")
  static let int32 = UInt8(ascii: "i")
  static let int64 = UInt8(ascii: "I")
  static let long = UInt8(ascii: "l")
  static let float = UInt8(ascii: "g")
  static let textFloat = UInt8(ascii: "f")
  static let complex = UInt8(ascii: "y")
  static let textComplex = UInt8(ascii: "x")
  static let bytes = UInt8(ascii: "s")
  static let interned = UInt8(ascii: "t")
  static let internedReference = UInt8(ascii: "R")
  static let unicode = UInt8(ascii: "u")
  static let ascii = UInt8(ascii: "a")
  static let asciiInterned = UInt8(ascii: "A")
  static let shortASCII = UInt8(ascii: "z")
  static let shortASCIIInterned = UInt8(ascii: "Z")
  static let reference = UInt8(ascii: "r")
  static let tuple = UInt8(ascii: "(")
  static let smallTuple = UInt8(ascii: ")")
  static let list = UInt8(ascii: "[")
  static let dict = UInt8(ascii: "{")
  static let set = UInt8(ascii: "<")
  static let frozenSet = UInt8(ascii: ">")

  /// Set on a type code whose object later references may name.
  static let flag: UInt8 = 0x80

  /// Whether references can name an object of this code, if it is flagged.
  static func isNumbered(_ code: UInt8) -> Bool {
    switch code {
    case null, none, `true`, `false`, stopIteration, ellipsis, reference, internedReference: false
    default: true
    }
  }

  /// The kind of object that a code starts, for messages.
  static func name(of code: UInt8) -> String {
    switch code & ~flag {
    case null: "the end of a dict"
    case none: "None"
    case `true`, `false`: "a bool"
    case stopIteration: "StopIteration"
    case ellipsis: "Ellipsis"
    case int32, int64, long: "an int"
    case float, textFloat: "a float"
    case complex, textComplex: "a complex number"
    case bytes: "bytes"
    case unicode, ascii, asciiInterned, shortASCII, shortASCIIInterned, interned,
      internedReference:
      "a string"
    case reference: "a reference"
    case tuple, smallTuple: "a tuple"
    case list: "a list"
    case dict: "a dict"
    case set, frozenSet: "a set"
    default: "type code 0x\(String(code, radix: 16))"
    }
  }
}
