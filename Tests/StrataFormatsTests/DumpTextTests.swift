// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataTestSupport
import StrataTesting
import Testing

/// Names as dumps hold them, and objects by reference.
struct DumpTextTests {
  private static func function(
    named name: [UInt8],
    file: [UInt8] = Marshal.short("a.py")
  ) throws -> Function {
    let key = Marshal.tuple(file, Marshal.int(3), name)
    let functions = try PstatsDump(Marshal.dict(key, Marshal.entry())).profile.functions
    return try #require(functions.first).function
  }

  @Test(
    arguments: [
      ("short ASCII in Latin-1", Marshal.short(bytes: [0x66, 0xe9]), Array("fé".utf8)),
      ("long ASCII in Latin-1", Marshal.sized("a", [0x66, 0xe9]), Array("fé".utf8)),
      ("interned short ASCII", [0x5a, 1, 0x66], Array("f".utf8)),
      ("interned ASCII", Marshal.sized("A", [0x66]), Array("f".utf8)),
      ("UTF-8", Marshal.sized("u", Array("\u{e9}\u{1f600}".utf8)), Array("\u{e9}\u{1f600}".utf8)),
      ("decomposed", Marshal.sized("u", Array("e\u{301}".utf8)), Array("e\u{301}".utf8)),
      ("surrogates", Marshal.sized("u", [0xed, 0xb2, 0x80]), [0xed, 0xb2, 0x80]),
      ("interned surrogates", Marshal.sized("t", [0xed, 0xa0, 0x80]), [0xed, 0xa0, 0x80]),
      ("bytes of Python 2", Marshal.sized("s", Array("fé".utf8)), Array("fé".utf8)),
      (
        "bytes of Python 2 in Latin-1", Marshal.sized("s", [0x66, 0xe9]), [0x66, 0xed, 0xb3, 0xa9]
      ),
      ("interned bytes of Python 2", Marshal.sized("t", [0x80, 0x66]), [0xed, 0xb2, 0x80, 0x66]),
      (
        "a surrogate of Python 2", Marshal.sized("s", [0xed, 0xb2, 0x80]),
        [0xed, 0xb3, 0xad, 0xed, 0xb2, 0xb2, 0xed, 0xb2, 0x80]
      ),
      ("empty", Marshal.short(""), []),
      ("control characters", Marshal.short("\0\n\u{7f}"), [0, 0x0a, 0x7f]),
    ] as [(String, [UInt8], [UInt8])]
  )
  func `a name is kept`(_ what: String, _ name: [UInt8], _ expected: [UInt8]) throws {
    #expect(try Self.function(named: name).name.bytes == expected, "\(what)")
  }

  @Test
  func `bytes of Python 2 are Python 3's error if the rest is none of Python 2`() {
    let key = Marshal.tuple(Marshal.sized("s", [0x61]), Marshal.none, Marshal.short("f"))
    let error = caught { () throws(FormatError) in
      _ = try PstatsDump(Marshal.dict(key, Marshal.entry()))
    }
    #expect(error?.offset == 9)
    #expect(error?.expected == "the line of a function")
  }

  @Test
  func `interned strings of Python 2 are found by their place`() throws {
    let second = Marshal.tuple(
      Marshal.code("R") + [0, 0, 0, 0],
      Marshal.int(4),
      Marshal.code("R") + [1, 0, 0, 0]
    )
    let first = Marshal.tuple(
      Marshal.sized("t", [0x61]),
      Marshal.int(3),
      Marshal.sized("t", [0x66])
    )
    let dump = try PstatsDump(Marshal.dict(first, Marshal.entry(), second, Marshal.entry()))
    #expect(dump.profile.functions.map(\.function) == [.at("a", 3, "f"), .at("a", 4, "f")])
  }

  @Test
  func `each object may be a reference`() throws {
    let key = Marshal.flagged(
      Marshal.tuple(
        Marshal.flagged(Marshal.short("a")),
        Marshal.flagged(Marshal.int(3)),
        Marshal.flagged(Marshal.short("f"))
      )
    )
    // 0 key, 1 file, 2 line, 3 name, 4 entry, 5 count, 6 time, 7 callers, 8 edge, 9 long.
    let edge = Marshal.flagged(
      Marshal.tuple(
        Marshal.reference(5),
        Marshal.flagged(Marshal.long([1, 1])),
        Marshal.reference(6),
        Marshal.reference(6)
      )
    )
    let callers = Marshal.flagged(Marshal.dict(Marshal.reference(0), edge))
    let entry = Marshal.flagged(
      Marshal.tuple(
        Marshal.flagged(Marshal.int(7)),
        Marshal.reference(5),
        Marshal.flagged(Marshal.float(0.5)),
        Marshal.reference(6),
        callers
      )
    )
    let again = Marshal.tuple(Marshal.reference(3), Marshal.reference(2), Marshal.reference(1))
    let third = Marshal.tuple(Marshal.reference(1), Marshal.reference(5), Marshal.reference(3))
    let value = Marshal.tuple(
      Marshal.reference(9),
      Marshal.reference(9),
      Marshal.reference(6),
      Marshal.reference(5),
      Marshal.reference(7)
    )
    let dump = try PstatsDump(Marshal.dict(key, entry, again, Marshal.reference(4), third, value))
    let functions = dump.profile.functions
    #expect(functions.map(\.function) == [.at("a", 3, "f"), .at("f", 3, "a"), .at("a", 7, "f")])
    let figures = CallEdge(
      caller: .at("a", 3, "f"),
      figures: .full(.of(7, primitive: 32_769, 0.5, 0.5))
    )
    #expect(functions.map(\.callers) == [[figures], [figures], [figures]])
    #expect(functions[1].statistics == .of(7, 0.5, 0.5))
    #expect(functions[2].statistics == .of(32_769, 0.5, 7))
  }

  /// A dict of callers by reference, as often as the dump has bytes for.
  private static func repetition(callers: [UInt8], times: Int) -> [UInt8] {
    let first =
      Marshal.key()
      + Marshal.entry(
        Marshal.int(1),
        Marshal.int(1),
        Marshal.int(0),
        Marshal.int(0),
        Marshal.flagged(callers)
      )
    let later = (0..<times).flatMap { index in
      Marshal.key("a", Int32(index), "g")
        + Marshal.entry(
          Marshal.int(1),
          Marshal.int(1),
          Marshal.int(0),
          Marshal.int(0),
          Marshal.reference(0)
        )
    }
    return Marshal.dict(first, later)
  }

  @Test
  func `references may repeat callers`() throws {
    let callers = Marshal.dict(
      Marshal.key("b", 1, "x"),
      Marshal.int(1),
      Marshal.key("b", 2, "x"),
      Marshal.int(2)
    )
    let dump = try PstatsDump(Self.repetition(callers: callers, times: 100))
    #expect(dump.profile.edges.count == 202)
  }

  /// Callers that a dump of functions with them can repeat.
  private static func callers(_ count: Int) -> [UInt8] {
    Marshal.code("{")
      + (0..<Int32(count)).flatMap { Marshal.key("b", $0, "x") + Marshal.int(1) } + Marshal.null
  }

  @Test(arguments: [(1, 10_000), (3, 5_000), (50, 1_000), (600, 150)])
  func `what programs may have shared is read, however large it is`(
    _ callers: Int,
    _ times: Int
  ) throws {
    let dump = try PstatsDump(
      Self.repetition(callers: Self.callers(callers), times: times)
    )
    #expect(dump.profile.edges.count == callers * (times + 1))
  }

  @Test(arguments: [1_000, 4_000])
  func `what is repeated is in proportion to what was read`(_ callers: Int) throws {
    let bytes = Self.repetition(callers: Self.callers(callers), times: 200)
    let error = caught { () throws(FormatError) in _ = try PstatsDump(bytes) }
    let offset = try #require(error?.offset)
    // A caller takes 18 bytes, each function with them 40; the last dict is read to its end.
    let repeated = (offset - callers * 18) / 40 * callers
    #expect((1 << 17...(1 << 17) + offset / 8 + 2 * callers).contains(repeated))
  }

  @Test(arguments: [1, 1 << 20])
  func `bytes that follow buy nothing`(_ size: Int) throws {
    let bytes = Self.repetition(callers: Self.callers(500), times: 500)
    let alone = caught { () throws(FormatError) in _ = try PstatsDump(bytes) }
    let followed = caught { () throws(FormatError) in
      _ = try PstatsDump(bytes + [UInt8](repeating: 0, count: size))
    }
    #expect(alone?.found == "references that repeat more")
    #expect(followed == alone)
  }

  @Test
  func `references that repeat callers without end are refused`() {
    let callers =
      Marshal.code("{") + (0..<500).flatMap { Marshal.key("b", $0, "x") + Marshal.int(1) }
      + Marshal.null
    let error = caught { () throws(FormatError) in
      _ = try PstatsDump(Self.repetition(callers: callers, times: 500))
    }
    #expect(error?.code == .notAProfile)
    #expect(error?.found == "references that repeat more")
  }

  @Test
  func `nor can they repeat one caller, which would cost time instead of memory`() {
    let caller = Marshal.key("b", 1, "x") + Marshal.int(1)
    let callers =
      Marshal.code("{") + Array(repeating: caller, count: 1_000).flatMap { $0 } + Marshal.null
    let error = caught { () throws(FormatError) in
      _ = try PstatsDump(Self.repetition(callers: callers, times: 1_000))
    }
    #expect(error?.found == "references that repeat more")
  }

  @Test
  func `a small dump may share callers with a long name`() throws {
    let name = Marshal.sized("a", Array(repeating: 0x66, count: 250))
    let callers = Marshal.dict(
      Marshal.tuple(Marshal.short("b"), Marshal.int(1), name),
      Marshal.int(1)
    )
    let dump = try PstatsDump(Self.repetition(callers: callers, times: 20))
    #expect(dump.profile.edges.count == 21)
  }

  @Test
  func `nor can many functions share one long name`() {
    let name = Marshal.flagged(Marshal.sized("a", Array(repeating: 0x66, count: 200_000)))
    let keys = (1..<5_000).flatMap { line in
      Marshal.tuple(Marshal.reference(0), Marshal.int(line), Marshal.reference(0)) + Marshal.entry()
    }
    let error = caught { () throws(FormatError) in
      _ = try PstatsDump(
        Marshal.dict(Marshal.tuple(name, Marshal.int(0), Marshal.short("f")), Marshal.entry(), keys)
      )
    }
    #expect(error?.found == "references that repeat more")
  }

  @Test
  func `nor a long name`() {
    let name = Marshal.sized("a", Array(repeating: 0x66, count: 20_000))
    let key = Marshal.tuple(Marshal.short("b"), Marshal.int(1), name)
    let callers = Marshal.dict(key, Marshal.int(1))
    let error = caught { () throws(FormatError) in
      _ = try PstatsDump(Self.repetition(callers: callers, times: 250))
    }
    #expect(error?.found == "references that repeat more")
  }

  @Test(arguments: ["s", "t", "a"] as [Unicode.Scalar])
  func `nor a long name that is turned into UTF-8 each time`(_ type: Unicode.Scalar) {
    let name = Marshal.sized(type, Array(repeating: 0xff, count: 20_000))
    let key = Marshal.tuple(Marshal.sized("s", [0x62]), Marshal.int(1), name)
    let callers = Marshal.dict(key, Marshal.int(1))
    let error = caught { () throws(FormatError) in
      _ = try PstatsDump(Self.repetition(callers: callers, times: 10))
    }
    #expect(error?.found == "references that repeat more")
  }

  @Test
  func `functions may share the longest path that systems know`() throws {
    let file = Marshal.flagged(Marshal.sized("a", Array(repeating: 0x66, count: 4_096)))
    let keys = (1..<5_000).flatMap { line in
      Marshal.tuple(Marshal.reference(0), Marshal.int(line), Marshal.short("f")) + Marshal.entry()
    }
    let dump = try PstatsDump(
      Marshal.dict(Marshal.tuple(file, Marshal.int(0), Marshal.short("f")), Marshal.entry(), keys)
    )
    #expect(dump.profile.rows.count == 5_000)
  }

  @Test(
    arguments: [
      ("a wide first count", Marshal.int64(1 << 40), Marshal.int(7)),
      ("a wide second count", Marshal.int(7), Marshal.int64(1 << 40)),
      ("a count below zero", Marshal.int(7), Marshal.int(-7)),
      ("digits", Marshal.int(7), Marshal.long([1, 2, 3])),
      ("the usual", Marshal.int(7), Marshal.int(8)),
    ]
  )
  func `references count the objects of every form`(
    _ what: String,
    _ first: [UInt8],
    _ second: [UInt8]
  ) throws {
    // The flagged objects: 0 the key, 1 its file, 2 its line, 3 its name, 4 and 5 the counts.
    let key = Marshal.flagged(
      Marshal.tuple(
        Marshal.flagged(Marshal.short("a.py")),
        Marshal.flagged(Marshal.int(3)),
        Marshal.flagged(Marshal.short("f"))
      )
    )
    let inlineEntry = Marshal.entry(Marshal.flagged(first), Marshal.flagged(second))
    let later = Marshal.tuple(Marshal.reference(3), Marshal.reference(2), Marshal.reference(1))
    let laterEntry = Marshal.entry(
      Marshal.reference(4),
      Marshal.reference(5),
      Marshal.float(0.5),
      Marshal.float(1),
      Marshal.dict(Marshal.reference(0), Marshal.int(1))
    )
    let functions = try PstatsDump(Marshal.dict(key, inlineEntry, later, laterEntry)).profile
      .functions
    #expect(functions.map(\.function) == [.at("a.py", 3, "f"), .at("f", 3, "a.py")], "\(what)")
    #expect(functions[0].statistics == functions[1].statistics, "\(what)")
    #expect(functions[1].callers.map(\.caller) == [.at("a.py", 3, "f")], "\(what)")
  }

  @Test(
    arguments: [
      ("a line of 64 bits", Marshal.int64(1 << 40), Marshal.short("f"), 1 << 40, "f"),
      ("a line below zero", Marshal.int(-3), Marshal.short("f"), -3, "f"),
      ("a long name", Marshal.int(3), Marshal.sized("a", [0x66]), 3, "f"),
      ("a name in Latin-1", Marshal.int(3), Marshal.short(bytes: [0xe9]), 3, "é"),
      ("a name in UTF-8", Marshal.int(3), Marshal.sized("u", [0xc3, 0xa9]), 3, "é"),
    ]
  )
  func `and the parts of every key`(
    _ what: String,
    _ line: [UInt8],
    _ name: [UInt8],
    _ expectedLine: Int,
    _ expectedName: String
  ) throws {
    let key = Marshal.flagged(
      Marshal.tuple(
        Marshal.flagged(Marshal.short("a.py")),
        Marshal.flagged(line),
        Marshal.flagged(name)
      )
    )
    let later = Marshal.tuple(Marshal.reference(1), Marshal.reference(2), Marshal.reference(1))
    let callers = Marshal.dict(Marshal.reference(0), Marshal.int(1))
    let dump = try PstatsDump(
      Marshal.dict(key, Marshal.entry(), later, Marshal.entry(callers: callers))
    )
    #expect(
      dump.profile.functions.map(\.function) == [
        .at("a.py", expectedLine, ByteString(expectedName)), .at("a.py", expectedLine, "a.py"),
      ],
      "\(what)"
    )
    #expect(dump.profile.functions[1].callers.map(\.caller.line) == [expectedLine], "\(what)")
  }
}
