// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataTestSupport
import StrataTesting
import Testing

/// Dumps that no profiler writes so, or seldom, and that Python reads all the same.
struct OddDumpTests {
  private static func read(_ parts: [UInt8]...) throws(FormatError) -> PstatsDump {
    try PstatsDump(Marshal.code("{") + parts.joined() + Marshal.null)
  }

  private static func only(_ parts: [UInt8]...) throws -> FunctionProfile {
    let functions = try PstatsDump(Marshal.code("{") + parts.joined() + Marshal.null).profile
      .functions
    return try #require(functions.count == 1 ? functions.first : nil)
  }

  private static func names(_ dump: PstatsDump) -> [String] {
    dump.profile.functions.map(\.function.name.string)
  }

  @Test
  func `counts change places between a function and its callers`() throws {
    let caller = Marshal.tuple(
      Marshal.int(5),
      Marshal.int(4),
      Marshal.float(0.25),
      Marshal.float(0.75)
    )
    let function = try Self.only(
      Marshal.key(),
      Marshal.entry(callers: Marshal.dict(Marshal.key("b.py", 1, "g"), caller))
    )
    #expect(function.statistics == .of(2, primitive: 1, 0.5, 1))
    let edge = CallEdge(
      caller: .at("b.py", 1, "g"),
      figures: .full(.of(5, primitive: 4, 0.25, 0.75))
    )
    #expect(function.callers == [edge])
  }

  @Test
  func `an end in the place of a value ends the dict`() throws {
    let bytes = Marshal.dict(Marshal.key(), Marshal.entry(), Marshal.key("b.py", 1, "g"))
    let dump = try PstatsDump(bytes)
    #expect(Self.names(dump) == ["f"])
    #expect(dump.warnings == [])
    let callers = Marshal.dict(Marshal.key("b.py", 1, "g"))
    #expect(try Self.only(Marshal.key(), Marshal.entry(callers: callers)).callers == [])
  }

  @Test
  func `a function named twice keeps its place and takes the last figures`() throws {
    let dump = try Self.read(
      Marshal.key(),
      Marshal.entry(),
      Marshal.key("b.py", 1, "g"),
      Marshal.entry(),
      Marshal.key(),
      Marshal.entry(Marshal.int(9), Marshal.int(9), Marshal.float(4))
    )
    #expect(Self.names(dump) == ["f", "g"])
    #expect(dump.profile.functions[0].statistics == .of(9, 4, 1))
    #expect(dump.profile.totalTime == 4.5)
    #expect(dump.warnings == [.repeatedFunction(.at("a.py", 3, "f"))])
  }

  @Test
  func `a function named again and again is one warning, and its last callers count`() throws {
    func entry(_ caller: String) -> [UInt8] {
      Marshal.entry(callers: Marshal.dict(Marshal.key("b.py", 1, caller), Marshal.int(1)))
    }
    let again = ["x", "y", "z"].flatMap { Marshal.key() + entry($0) }
    let dump = try Self.read(again, Marshal.key("c.py", 1, "g"), entry("x"))
    #expect(dump.warnings == [.repeatedFunction(.at("a.py", 3, "f"))])
    #expect(dump.profile.edges.count == 2)
    #expect(dump.profile.functions.map { $0.callers.map(\.caller.name) } == [["z"], ["x"]])
  }

  @Test
  func `a caller named twice keeps its place and takes the last figures`() throws {
    let callers = Marshal.dict(
      Marshal.key("b.py", 1, "g"),
      Marshal.int(1),
      Marshal.key("c.py", 1, "h"),
      Marshal.int(2),
      Marshal.key("b.py", 1, "g"),
      Marshal.int(3)
    )
    let function = try Self.only(Marshal.key(), Marshal.entry(callers: callers))
    #expect(function.callers.map(\.caller.name) == ["g", "h"])
    #expect(function.callers.map(\.callCount) == [3, 2])
  }

  @Test
  func `bytes that follow are ignored with a warning`() throws {
    let bytes = Marshal.dict(Marshal.key(), Marshal.entry())
    let dump = try PstatsDump(bytes + [1, 2, 3])
    #expect(dump.warnings == [.trailingBytes(count: 3, offset: bytes.count)])
    #expect(dump.profile == (try PstatsDump(bytes).profile))
  }

  @Test
  func `an empty dict is an empty profile with a warning`() throws {
    let dump = try PstatsDump(Marshal.dict())
    #expect(dump.profile.functions.isEmpty)
    #expect(dump.profile.totalTime == 0)
    #expect(dump.warnings == [.empty])
  }

  @Test
  func `the marker of Python 3.15 makes a dump sampled`() throws {
    let marker = Marshal.tuple(Marshal.short("__sampled__"))
    let dump = try Self.read(Marshal.key(), Marshal.entry(), marker, Marshal.yes)
    #expect(Self.names(dump) == ["f"])
    #expect(dump.warnings == [.sampled])
    #expect(dump.writer == .sampling)
    #expect(dump.kind == .sampled)
    let unmarked = try Self.read(marker, Marshal.no, Marshal.key(), Marshal.entry())
    #expect(unmarked.kind == .traced)
    #expect(unmarked.warnings == [])
  }

  @Test
  func `a list is as good as a tuple where Python only unpacks it`() throws {
    let edge = Marshal.list(Marshal.int(1), Marshal.int(1), Marshal.float(0), Marshal.float(0))
    let value = Marshal.list(
      Marshal.int(1),
      Marshal.int(2),
      Marshal.float(0.5),
      Marshal.float(1),
      Marshal.dict(Marshal.key(), edge)
    )
    let function = try Self.only(Marshal.key(), value)
    #expect(function.statistics == .of(2, primitive: 1, 0.5, 1))
    #expect(function.callers.count == 1)
  }

  @Test
  func `a bool is a count and an int is a time`() throws {
    let function = try Self.only(
      Marshal.key(),
      Marshal.entry(Marshal.no, Marshal.yes, Marshal.int(3), Marshal.int64(1 << 40))
    )
    #expect(function.statistics == .of(1, primitive: 0, 3, 0x1p40))
  }

  @Test
  func `each form of a number is read`() throws {
    let largest = Marshal.long([
      0x7fff, 0x7fff, 0x7fff, 0x7fff, 0x7fff, 0x7fff, 0x7fff, 0x7fff, 0x7f,
    ])
    let function = try Self.only(
      Marshal.key(),
      Marshal.entry(
        Marshal.long([5, 1], count: -2),
        largest,
        Marshal.textFloat("1e-3"),
        Marshal.float(-0.0)
      )
    )
    #expect(function.statistics.primitiveCallCount == -32_773)
    #expect(function.statistics.callCount == .max)
    #expect(function.statistics.selfTime == 1e-3)
    #expect(function.statistics.cumulativeTime.sign == .minus)
    let zero = try Self.only(Marshal.key(), Marshal.entry(Marshal.long([]), Marshal.int(-1)))
    #expect(zero.statistics.primitiveCallCount == 0)
    #expect(zero.statistics.callCount == -1)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, .greatestFiniteMagnitude])
  func `times that are not finite are read as they are`(_ time: Double) throws {
    let function = try Self.only(Marshal.key(), Marshal.entry(selfTime: Marshal.float(time)))
    #expect(function.statistics.selfTime.bitPattern == time.bitPattern)
  }
}

extension Marshal {
  fileprivate static func entry(selfTime: [UInt8]) -> [UInt8] {
    entry(int(1), int(2), selfTime)
  }
}
