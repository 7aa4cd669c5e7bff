// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataTestSupport
import StrataTesting
import Testing

/// Profiles in JSON come back as they were written.
struct ProfileJSONFormatTests {
  private static func json(_ decoded: DecodedProfile) -> [UInt8] {
    var bytes: [UInt8] = []
    let data = ProfileData(
      decoded.profile,
      kind: decoded.kind,
      clock: decoded.clock,
      warnings: decoded.warnings + decoded.profile.suspicions
    )
    DataFormat.json.write(data) { bytes += $0 }
    return bytes
  }

  private static func read(_ bytes: [UInt8]) throws(FormatError) -> DecodedProfile {
    var reader = ProfileReader()
    return try reader.read(bytes, name: "a.json")[0]
  }

  @Test func `every dump of the fixtures comes back bit for bit`() throws {
    let folders = [Fixtures().path(""), Fixtures(of: "StrataExportTests").path("Reports")]
    let sources = DumpCatalog(paths: folders).sources
    #expect(sources.count > 20)
    var reader = DumpReader()
    for source in sources {
      let original = try reader.profiles(of: source)[0]
      let written = Self.json(original)
      let again = try Self.read(written)
      // Not a number is not equal to itself: what is written again says more than `==`.
      #expect(Self.json(again) == written, "\(source.path)")
      #expect(again.profile.functions.count == original.profile.functions.count)
      #expect(again.profile.totalTime.bitPattern == original.profile.totalTime.bitPattern)
      #expect(PstatsWriter.dump(again.profile) == PstatsWriter.dump(original.profile))
      #expect(again.kind == original.kind && again.clock == original.clock)
      #expect(again.warnings == original.warnings, "\(source.path)")
    }
  }

  @Test func `what only the reader of the dump could warn of is kept`() throws {
    let sources = DumpCatalog(paths: [Fixtures().path("")]).sources.prefix(3)
    let dumps = try [Array("{0".utf8)] + sources.map { try RegularFile.read($0.path) }
    for dump in dumps {
      for extra in [1, 2, 300] {
        var reader = ProfileReader()
        let original = try reader.read(dump + [UInt8](repeating: 0x30, count: extra))[0]
        #expect(original.warnings.contains(.trailingBytes(count: extra, offset: dump.count)))
        #expect(try Self.read(Self.json(original)).warnings == original.warnings)
      }
    }
    let f = Function.at("a.py", 1, "f")
    let all: [Warning] = [
      .empty, .sampled, .repeatedFunction(f), .trailingBytes(count: 4, offset: 2),
    ]
    let decoded = DecodedProfile(
      profile: StatsProfile(),
      kind: .sampled,
      clock: .wall,
      warnings: all
    )
    #expect(try Self.read(Self.json(decoded)).warnings == all)
  }

  @Test func `counts of 127 bits, odd names and missing figures survive`() throws {
    let profile = StatsProfile(functions: [
      FunctionProfile(
        function: .at("a\u{0}\"<b>.py", .max, "f\u{1F600}"),
        statistics: .of(.max, primitive: 0, 0.1 + 0.2, -0.0),
        callers: [
          CallEdge(caller: .at("b", -1, "g"), figures: .countOnly(7)),
          CallEdge(
            caller: .at("c", 0, "h"),
            figures: .full(.of(1 << 40, .leastNonzeroMagnitude, .infinity))
          ),
        ]
      )
    ])
    let written = Self.json(DecodedProfile(profile: profile, kind: .rounded, clock: .cpu))
    let again = try Self.read(written)
    #expect(again.profile == profile)
    #expect(again.kind == .rounded && again.clock == .cpu)
  }

  @Test func `the order of the fields does not matter, and others are passed over`() throws {
    let text = #"""
      { "warnings": [], "functions": [ { "callers": [ { "callCount": 2, "name": "g", "line": 1,
        "file": "b" } ], "cumulativeTime": 0.5, "selfTime": 0.25, "primitiveCallCount": 1,
        "callCount": 2, "name": "f", "line": 3, "file": "a", "more": [{}] } ],
        "totalTime": 0.25, "extra": null, "schema": "strata/profile/1" }
      """#
    let profile = try Self.read(Array(text.utf8)).profile
    #expect(profile.functions.count == 1)
    #expect(profile.functions[0].function == .at("a", 3, "f"))
    #expect(
      profile.functions[0].callers == [CallEdge(caller: .at("b", 1, "g"), figures: .countOnly(2))]
    )
  }

  private static let start = #"{"schema":"strata/profile/1","#
  private static let function =
    #"{"file":"a","line":1,"name":"f","callCount":1,"primitiveCallCount":1,"selfTime":0.5,"#
    + #""cumulativeTime":0.5,"callers":[]}"#

  @Test(
    arguments: [
      (#"{"schema":"strata/profile/2"}"#, 10, #""strata/profile/1""#, #"'"strata/profile/2"}'"#),
      (start + #""totalTime":0}"#, 43, "a field 'functions'", "none"),
      (start + #""functions":[]}"#, 44, "a field 'totalTime'", "none"),
      (start + #""totalTime":"x"}"#, 41, #"seconds as a number, or "nan", "inf" or "-inf""#, nil),
      (start + #""totalTime":1e999}"#, 41, #"seconds as a number, or "nan", "inf" or "-inf""#, nil),
      (start + #""kind":"odd"}"#, 36, #"one of "traced", "sampled", "rounded""#, nil),
      (start + #""functions":[{}]}"#, 44, "the file, line and name of a function", nil),
      (start + #""functions":[1]}"#, 42, "an object", nil),
      (start, 29, "a key in quotes", "the end of the file"),
      (
        start + #""totalTime":0.5,"totalCalls":9,"functions":["# + function + "]}", 193,
        "functions that add up to totalCalls 9", "a sum of 1, as if functions were left out"
      ),
    ] as [(String, Int, String, String?)]
  )
  func `what is wrong is said with its place`(
    _ text: String,
    _ offset: Int,
    _ expected: String,
    _ found: String?
  ) {
    let error = caught { () throws(FormatError) in _ = try Self.read(Array(text.utf8)) }
    #expect(error?.format == "JSON profile")
    #expect(error?.offset == offset)
    #expect(error?.expected == expected)
    if let found { #expect(error?.found == found) }
  }

  @Test func `a cut or changed document is an error or another profile, never a crash`() throws {
    var reader = DumpReader()
    let source = DumpSource(path: Fixtures().path("mutual_recursion-py313-cprofile.prof"))
    let bytes = Self.json(try reader.profiles(of: source)[0])
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(caught { () throws(FormatError) in _ = try Self.read(Array(bytes[..<count])) } != nil)
    }
    var random = SeededGenerator(seed: 3)
    for _ in 0..<2_000 {
      var changed = bytes
      let place = Int.random(in: bytes.indices, using: &random)
      changed[place] = UInt8.random(in: .min ... .max, using: &random)
      _ = caught { () throws(FormatError) in _ = try Self.read(changed) }
    }
  }
}
