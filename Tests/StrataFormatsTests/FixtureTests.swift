// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataTestSupport
import StrataTesting
import Testing

struct FixtureTests {
  private static let fixtures = Fixtures()

  private static let small = [
    "fib-py27-cprofile.prof", "fib-py37-marshal0.prof", "fib-py37-marshal1.prof",
    "fib-py37-marshal2.prof", "fib-py37-marshal3.prof", "fib-py37-marshal4.prof",
    "mutual_recursion-py27-profile.prof", "mutual_recursion-py313-cprofile.prof",
    "mutual_recursion-py313-profile.prof", "mutual_recursion-py38-doubled.prof",
    "pyinstrument_difflib_diff-py313.pstats",
  ]
  private static let large = [
    "hotshot_difflib_diff-py27.prof", "unicode_names-py36-cprofile.prof",
    "yappi_difflib_diff-py313.pstat",
  ]

  @Test(arguments: small + large)
  func `reads to exactly what CPython reads`(_ name: String) throws {
    let dump = try PstatsDump(Self.fixtures.bytes(name))
    let expected = try ExpectedStats(fixture: Self.fixtures.json(name + ".json"))
    #expect(expected.difference(from: dump.profile) == nil)
    #expect(dump.warnings == [])
    #expect(dump.kind == .traced)
  }

  @Test(
    arguments: [
      ("mutual_recursion-py27-profile.prof", .profile, .cpu),
      ("mutual_recursion-py313-profile.prof", .profile, .cpu),
      ("mutual_recursion-py313-cprofile.prof", .cProfile, .wall),
      ("yappi_difflib_diff-py313.pstat", .cProfile, .wall),
    ] as [(String, PstatsDump.Writer, ProfileClock)]
  )
  func `the writer is known by the form`(
    _ name: String,
    _ writer: PstatsDump.Writer,
    _ clock: ProfileClock
  ) throws {
    let dump = try PstatsDump(Self.fixtures.bytes(name))
    #expect(dump.writer == writer)
    #expect(dump.clock == clock)
  }

  @Test
  func `all versions of marshal hold the same statistics`() throws {
    let profiles = try (0...4).map {
      try PstatsDump(Self.fixtures.bytes("fib-py37-marshal\($0).prof")).profile
    }
    // Each run had its own times: the functions and counts are the same.
    for profile in profiles {
      #expect(profile.totalCalls == profiles[0].totalCalls)
      #expect(Set(profile.functionTable) == Set(profiles[0].functionTable))
    }
  }

  @Test(arguments: small)
  func `every prefix is refused as truncated`(_ name: String) throws {
    let bytes = try Self.fixtures.bytes(name)
    for count in bytes.indices { Self.expectTruncated(Array(bytes[..<count])) }
  }

  @Test(arguments: large)
  func `prefixes of larger dumps are refused as truncated`(_ name: String) throws {
    let bytes = try Self.fixtures.bytes(name)
    for count in stride(from: 1, to: bytes.count, by: 181) {
      Self.expectTruncated(Array(bytes[..<count]))
    }
  }

  private static func expectTruncated(_ bytes: [UInt8]) {
    let error = caught { () throws(FormatError) in _ = try PstatsDump(bytes) }
    #expect(error?.code == .truncated, "\(bytes.count) bytes: \(String(describing: error))")
    #expect(error?.offset == bytes.count)
    #expect(error?.found == "the end of the file")
  }

  @Test(arguments: small + large)
  func `a changed byte is read or refused, in bounded memory`(_ name: String) throws {
    let bytes = try Self.fixtures.bytes(name)
    var random = SeededGenerator(seed: UInt64(bytes.count))
    let interesting: [UInt8] = [
      0, 0x7f, 0x80, 0xff, 0x30, 0x72, 0xf2, 0x7b, 0xfb, 0x28, 0x29, 0x6c, 0x75,
    ]
    for step in 0..<(bytes.count > 4_000 ? 120 : 500) {
      var changed = bytes
      for _ in 0...(step % 3) {
        changed[Int.random(in: bytes.indices, using: &random)] =
          step % 2 == 0
          ? UInt8.random(in: 0...255, using: &random)
          : interesting.randomElement(using: &random) ?? 0
      }
      Self.expectBounded(changed)
    }
  }

  private static func expectBounded(_ bytes: [UInt8]) {
    do {
      let dump = try PstatsDump(bytes)
      #expect(dump.profile.rows.count + dump.profile.edges.count <= bytes.count)
      #expect(dump.profile.functionTable.count <= bytes.count)
      // A byte of Python 2 that is no UTF-8 becomes three.
      let texts = Set(dump.profile.functionTable.flatMap { [$0.file, $0.name] })
      #expect(texts.reduce(0) { $0 + $1.bytes.count } <= 3 * bytes.count)
    } catch {
      #expect((0...bytes.count).contains(error.offset ?? -1), "\(error)")
      #expect(!error.expected.isEmpty)
      #expect(!error.found.isEmpty)
    }
  }
}
