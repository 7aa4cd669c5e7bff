// SPDX-License-Identifier: Apache-2.0

import StrataFormats
import StrataTestSupport

/// Sound objects that are no statistics, and numbers that are too large or none.
extension MalformedDumpTests {
  static let shapeCases = [
    Case("a list", .notAProfile, after: [], Marshal.list(), "a dict of statistics", "a list"),
    Case(
      "a string",
      .notAProfile,
      after: [],
      Marshal.short("x"),
      "a dict of statistics",
      "a string"
    ),
    Case(
      "a key that is a dict",
      .notAProfile,
      after: open,
      Marshal.dict() + Marshal.none + end,
      "a function (file, line, name)",
      "a dict"
    ),
    Case(
      "a key that is a list",
      .notAProfile,
      after: open,
      Marshal.list() + Marshal.none + end,
      "a function (file, line, name)",
      "a list"
    ),
    Case(
      "a key that is a text",
      .notAProfile,
      after: open,
      Marshal.short("x") + Marshal.none + end,
      "a function (file, line, name)",
      "a string"
    ),
    Case(
      "a key of two",
      .notAProfile,
      after: open,
      Marshal.tuple(Marshal.short("a"), Marshal.int(1)) + Marshal.entry() + end,
      "a function (file, line, name)",
      "a tuple of 2"
    ),
    Case(
      "a key of one other text",
      .notAProfile,
      after: open,
      Marshal.tuple(Marshal.short("x")) + Marshal.yes + end,
      "a function (file, line, name)",
      "a tuple of 1"
    ),
    Case(
      "a line that is None",
      .notAProfile,
      after: open + [0x29, 3] + Marshal.short("a"),
      Marshal.none + Marshal.short("f") + Marshal.entry() + end,
      "the line of a function",
      "None"
    ),
    Case(
      "a file that is an int",
      .notAProfile,
      after: open + [0x29, 3],
      Marshal.int(1) + Marshal.int(1) + Marshal.short("f") + Marshal.entry() + end,
      "the file of a function",
      "an int"
    ),
    Case(
      "a name that refers to an int",
      .notAProfile,
      after: open + [0x29, 3] + Marshal.short("a") + Marshal.flagged(Marshal.int(1)),
      Marshal.reference(0) + Marshal.entry() + end,
      "the name of a function",
      "a reference to an int"
    ),
    Case(
      "a value that is None",
      .notAProfile,
      after: key,
      Marshal.none + end,
      "a tuple (cc, nc, tt, ct, callers)",
      "None"
    ),
    Case(
      "a value of four",
      .notAProfile,
      after: key,
      Marshal.tuple(Marshal.int(1), Marshal.int(1), Marshal.int(1), Marshal.int(1)) + end,
      "a tuple (cc, nc, tt, ct, callers)",
      "a tuple of 4"
    ),
    Case(
      "a marker that is no bool",
      .notAProfile,
      after: open + Marshal.tuple(Marshal.short("__sampled__")),
      Marshal.int(1) + end,
      "a bool after the key '__sampled__'",
      "an int"
    ),
  ]

  private static func entry(upTo prefix: [UInt8]...) -> [UInt8] {
    key + [0x29, 5] + prefix.joined()
  }

  static let valueCases = [
    Case(
      "a count that is a float",
      .notAProfile,
      after: entry(upTo: []),
      Marshal.float(1) + figures.dropFirst(5) + Marshal.dict() + end,
      "a number of primitive calls",
      "a float"
    ),
    Case(
      "a count that is a text",
      .notAProfile,
      after: entry(upTo: Marshal.int(1)),
      Marshal.short("2") + figures.dropFirst(10) + Marshal.dict() + end,
      "a number of calls",
      "a string"
    ),
    Case(
      "a time that is a text",
      .notAProfile,
      after: entry(upTo: Marshal.int(1), Marshal.int(1)),
      Marshal.short("2") + Marshal.float(0) + Marshal.dict() + end,
      "a self time",
      "a string"
    ),
    Case(
      "a time that refers to a text",
      .notAProfile,
      after: open
        + Marshal.tuple(Marshal.flagged(Marshal.short("a")), Marshal.int(1), Marshal.short("f"))
        + [0x29, 5] + Marshal.int(1) + Marshal.int(1) + Marshal.float(0),
      Marshal.reference(0) + Marshal.dict() + end,
      "a cumulative time",
      "a reference to a string"
    ),
    Case(
      "callers that are an int",
      .notAProfile,
      after: entry(upTo: figures),
      Marshal.int(1) + end,
      "a dict of callers",
      "an int"
    ),
    Case(
      "a caller of three",
      .notAProfile,
      after: entry(upTo: figures, open, Marshal.key()),
      Marshal.tuple(Marshal.int(1), Marshal.int(1), Marshal.float(0)) + end + end,
      "a tuple (nc, cc, tt, ct)",
      "a tuple of 3"
    ),
    Case(
      "a caller that is a float",
      .notAProfile,
      after: entry(upTo: figures, open, Marshal.key()),
      Marshal.float(1) + end + end,
      "a caller's (nc, cc, tt, ct)",
      "a float"
    ),
    Case(
      "a marker among the callers",
      .notAProfile,
      after: entry(upTo: figures, open, Marshal.key(), Marshal.int(1)),
      Marshal.tuple(Marshal.short("__sampled__")) + Marshal.yes + end + end,
      "a caller (file, line, name)",
      "a tuple of 1"
    ),
  ]

  static let numberCases = [
    Case(
      "a digit of 16 bits",
      .malformed,
      after: entry(upTo: Marshal.long([7], count: 2)),
      [0, 0x80],
      "a digit of 15 bits, the last one not 0",
      "32768"
    ),
    Case(
      "a long that ends with 0",
      .malformed,
      after: entry(upTo: Marshal.long([7], count: 2)),
      [0, 0],
      "a digit of 15 bits, the last one not 0",
      "0"
    ),
    Case(
      "a count of 128 bits",
      .tooLarge,
      after: entry(upTo: []),
      Marshal.long([0, 0, 0, 0, 0, 0, 0, 0, 0x80]) + figures.dropFirst(5) + Marshal.dict() + end,
      "an int of 127 bits",
      "a larger one"
    ),
    Case(
      "a negative count of 150 bits",
      .tooLarge,
      after: entry(upTo: []),
      Marshal.long([0, 0, 0, 0, 0, 0, 0, 0, 0, 1], count: -10) + figures.dropFirst(5)
        + Marshal.dict() + end,
      "an int of 127 bits",
      "a larger one"
    ),
    Case(
      "a line of 64 bits",
      .tooLarge,
      after: open + [0x29, 3] + Marshal.short("a"),
      Marshal.long([0, 0, 0, 0, 8]) + Marshal.short("f") + Marshal.entry() + end,
      "a line of 63 bits",
      "9223372036854775808"
    ),
    Case(
      "a text that is no float",
      .malformed,
      after: entry(upTo: Marshal.int(1), Marshal.int(1), Marshal.code("f")),
      Marshal.textFloat("abc").dropFirst() + Marshal.float(0),
      "the digits of a float",
      "'abc'"
    ),
    Case(
      "a hexadecimal float",
      .malformed,
      after: entry(upTo: Marshal.int(1), Marshal.int(1), Marshal.code("f")),
      Marshal.textFloat("0x1p3").dropFirst() + Marshal.float(0),
      "the digits of a float",
      "'0x1p3'"
    ),
    Case(
      "an interned string of Python 2 that is not there",
      .malformed,
      after: open + [0x29, 3] + Marshal.sized("t", [0x61]) + Marshal.int(1),
      Marshal.code("R") + [7, 0, 0, 0],
      "a reference to one of 1 interned strings",
      "string reference 7"
    ),
  ]
}
