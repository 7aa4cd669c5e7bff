// SPDX-License-Identifier: Apache-2.0

import StrataFormats
import StrataTestSupport

/// Bytes that Python's `marshal` does not write.
extension MalformedDumpTests {
  static let marshalCases = [
    Case(
      "empty",
      .truncated,
      after: [],
      [],
      "1 byte of a type code that begins at byte 0",
      "the end of the file"
    ),
    Case("type code", .malformed, after: [], [0x21], "a dict of statistics", "type code 0x21"),
    Case(
      "type code of a key",
      .malformed,
      after: open,
      [0x21],
      "a function (file, line, name)",
      "type code 0x21"
    ),
    Case("null", .malformed, after: [], end, "an object", "the end of a dict"),
    Case(
      "negative size of a tuple",
      .malformed,
      after: open + Marshal.code("("),
      [0xff, 0xff, 0xff, 0xff],
      "the size of a tuple",
      "the negative -1"
    ),
    Case(
      "negative size of a string",
      .malformed,
      after: open + [0x29, 3] + Marshal.code("u"),
      [0xfb, 0xff, 0xff, 0xff],
      "the size of a string",
      "the negative -5"
    ),
    Case(
      "huge string",
      .truncated,
      after: open + [0x29, 3] + Marshal.sized("u", [], size: .max),
      [],
      "2147483647 bytes of a string that begins at byte 8",
      "the end of the file"
    ),
    Case(
      "huge tuple",
      .truncated,
      after: open + Marshal.code("(") + [0xff, 0xff, 0xff, 0x7f],
      [],
      "1 byte of a type code that begins at byte 6",
      "the end of the file"
    ),
    Case(
      "huge long",
      .truncated,
      after: key + [0x29, 5] + Marshal.long([1], count: .max),
      [],
      "2 bytes of a digit of an int that begins at byte 26",
      "the end of the file"
    ),
    Case(
      "UTF-8",
      .malformed,
      after: open + [0x29, 3] + Marshal.sized("u", [0x61], size: 3),
      [0xff, 0x61],
      "UTF-8",
      "byte 0xff"
    ),
    Case(
      "overlong UTF-8",
      .malformed,
      after: open + [0x29, 3] + Marshal.sized("u", [0x61], size: 3),
      [0xc0, 0x80],
      "UTF-8",
      "byte 0xc0"
    ),
    Case(
      "cut UTF-8",
      .malformed,
      after: open + [0x29, 3] + Marshal.sized("u", [0x61], size: 3),
      [0xe2, 0x82] + Marshal.int(3),
      "UTF-8",
      "byte 0xe2"
    ),
    Case(
      "reference",
      .malformed,
      after: open,
      Marshal.reference(5),
      "a reference to one of 0 objects",
      "reference 5"
    ),
    Case(
      "negative reference",
      .malformed,
      after: [0xfb],
      Marshal.reference(-1),
      "a reference to one of 1 objects",
      "reference -1"
    ),
    Case(
      "reference to the open dict",
      .malformed,
      after: [0xfb],
      Marshal.reference(0) + Marshal.none + end,
      "a reference to a complete object",
      "reference 0 to an object that contains it"
    ),
    // Ten bytes that end CPython 3.8 and 3.13 with a segmentation fault.
    Case(
      "key that holds itself",
      .malformed,
      after: open + [0xa9, 1],
      Marshal.reference(0) + [0x4e, 0x30],
      "a reference to a complete object",
      "reference 0 to an object that contains it"
    ),
    Case(
      "entry that holds itself",
      .malformed,
      after: key + [0xa9, 5],
      Marshal.reference(0) + figures.dropFirst(5) + Marshal.dict() + end,
      "a reference to a complete object",
      "reference 0 to an object that contains it"
    ),
    Case(
      "callers that hold themselves",
      .malformed,
      after: key + [0x29, 5] + Marshal.int(1) + Marshal.int(1) + Marshal.float(0) + Marshal.float(0)
        + [0xfb],
      Marshal.reference(0),
      "a reference to a complete object",
      "reference 0 to an object that contains it"
    ),
    Case(
      "too deep",
      .malformed,
      after: Array(repeating: [0x29, 1], count: 2_001).flatMap { $0 },
      Marshal.none,
      "at most 2000 nested objects",
      "one more"
    ),
  ]
}
