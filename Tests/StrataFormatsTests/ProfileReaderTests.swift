// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataTestSupport
import StrataTesting
import Testing

/// Which format reads a file, and what is said of a file that none reads.
struct ProfileReaderTests {
  private static func refusal(_ bytes: [UInt8], name: String = "a.prof") -> FormatError? {
    caught { () throws(FormatError) in
      var reader = ProfileReader()
      _ = try reader.read(bytes, name: name)
    }
  }

  @Test(
    arguments: [
      ("", "a.prof", "an empty file"),
      ("\u{7f}ELF\u{2}\u{1}\u{1}", "a.out", "an executable (ELF)"),
      ("PK\u{3}\u{4}\u{14}", "a.zip", "a zip archive; extract it first"),
      ("PERFILE2hhhh", "perf.data", "perf.data, a recording of Linux perf"),
      ("SQLite format 3\0", "a.db", "an SQLite database"),
      (
        "# callgrind format\nversion: 1\ncreator: x\n", "callgrind.out.1",
        "a profile of callgrind; write a dump with cProfile: python -m cProfile -o FILE"
      ),
      (
        "version: 1\ncreator: pyprof2calltree\nevents: Nanoseconds\n", "x.callgrind",
        "a profile of callgrind; write a dump with cProfile: python -m cProfile -o FILE"
      ),
      ("main;parse;read 12\nmain;parse 3\nmain 1\n", "x.folded", "collapsed stacks"),
      (
        "import time: self [us] | cumulative | imported package\n", "x.txt",
        "the output of python -X importtime; profile the imports with cProfile: "
          + "python -m cProfile -o FILE -c 'import …'"
      ),
      (
        "         5 function calls in 0.001 seconds\n", "x.txt",
        "a text report of pstats; keep the dump it was printed from: python -m cProfile -o FILE"
      ),
      (
        "Mon Jan  5 09:00:00 2026    a.prof\n\n         9 function calls (7 primitive calls) in 0.1 seconds\n",
        "x.txt",
        "a text report of pstats; keep the dump it was printed from: python -m cProfile -o FILE"
      ),
      (
        #"{"version":"0.7.1","$schema": "https://www.speedscope.app/file-format-schema.json"}"#,
        "x.json", "a speedscope profile"
      ),
      (#"{"traceEvents": [{"ph": "X"}]}"#, "x.json", "a Chrome trace"),
      (#"[{"name": "a", "ph": "B", "ts": 1}]"#, "x.json", "a Chrome trace"),
      (
        #"{"start_time": 1, "duration": 2, "root_frame": {}}"#, "x.json",
        "a JSON profile of pyinstrument; write a dump: pyinstrument -r pstats -o FILE"
      ),
      (
        #"{"schema":"strata/slices/1","metric":"selfTime"}"#, "x.json",
        "a result of Strata, which is not a profile; only the schema strata/profile/1 is read"
      ),
      (#"{ "a": 1 }"#, "x.json", "a JSON document"),
      (
        "<!DOCTYPE html>\n<html>", "x.html",
        "an HTML page; write a dump with cProfile: python -m cProfile -o FILE"
      ),
      (
        "<?xml version=\"1.0\"?>\n<svg xmlns=\"…\">", "x.svg",
        "an SVG image; write a dump with cProfile: python -m cProfile -o FILE"
      ),
      ("#!/bin/sh\n", "x", "a script; write a dump with cProfile: python -m cProfile -o FILE"),
    ]
  )
  func `a foreign file is refused by its name`(_ text: String, _ name: String, _ found: String) {
    let error = Self.refusal(Array(text.utf8), name: name)
    #expect(error?.code == .foreign)
    #expect(error?.found == found)
    #expect(error?.offset == 0)
  }

  @Test(
    arguments: [
      ([0x1f, 0x8b, 8, 0], "a.prof", "a gzip file; decompress it first"),
      (Array("[1, 2]".utf8), "a.json", "a JSON document"),
      ([0x1f, 0x8b, 8, 0], "a.pb.gz", "a gzip-compressed pprof profile"),
      ([0x0a, 4, 8, 1, 0x10, 2], "cpu.pprof", "a pprof profile"),
      (
        [0x80, 4, 0x95, 1], "a.lprof",
        "results of line_profiler, a pickle; write a dump with cProfile: python -m cProfile -o FILE"
      ),
      (
        [0x80, 3, 0x63, 1], "a",
        "a pickle, such as line_profiler writes; write a dump with cProfile: "
          + "python -m cProfile -o FILE"
      ),
    ] as [([UInt8], String, String)]
  )
  func `a foreign binary is refused by its name`(_ bytes: [UInt8], _ name: String, _ found: String)
  {
    #expect(Self.refusal(bytes, name: name)?.found == found)
  }

  @Test func `a damaged dump is still one, and the error says where`() {
    let error = Self.refusal(Marshal.code("{") + Marshal.code("("))
    #expect(error?.format == "pstats dump")
    #expect(error?.code == .truncated)
    #expect(error?.offset == 2)
  }

  @Test func `a marshalled list is no JSON`() {
    let error = Self.refusal(Marshal.list(Marshal.list(Marshal.int(1))))
    #expect(error?.format == "pstats dump")
  }

  @Test func `what nothing recognizes is refused in the words of a dump`() {
    let error = Self.refusal([0x01, 0x02])
    #expect(error?.format == "pstats dump")
    #expect(error?.offset == 0)
  }

  @Test func `any beginning of a file is refused or read, and never a crash`() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...40, using: &random)
      var bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      if Bool.random(using: &random), !bytes.isEmpty {
        bytes[0] = [0x7b, 0xfb, 0x20, 0x5b, 0xef, 0x0a, 0x80].randomElement(using: &random) ?? 0
      }
      _ = Self.refusal(bytes, name: "x")
    }
  }

  /// A format of two profiles in one file, which no file of the real formats can be.
  private struct Pair: ProfileFormat {
    static let name = "pair"
    static let suffixes = [".pair"]
    static let maximumSize = 8
    static func recognizes(_ head: FileHead) -> Bool { head.name.hasSuffix(".pair") }
    mutating func read(_ bytes: [UInt8]) throws(FormatError) -> [DecodedProfile] {
      bytes.map { count in
        let statistics = CallStatistics.of(CallCount(count), 0, 0)
        let function = FunctionProfile(function: .at("a", 1, "f"), statistics: statistics)
        return DecodedProfile(profile: StatsProfile(functions: [function]), kind: .sampled)
      }
    }
  }

  @Test func `a format may be added, and may hold several profiles`() throws {
    var reader = ProfileReader(formats: [Pair.self])
    let profiles = try reader.read([3, 4], name: "x.pair")
    #expect(profiles.map(\.profile.totalCalls) == [3, 4])
    let error = caught { () throws(FormatError) in
      _ = try reader.read(Array(repeating: 0, count: 9), name: "x.pair")
    }
    #expect(error?.code == .tooLarge)
  }
}
