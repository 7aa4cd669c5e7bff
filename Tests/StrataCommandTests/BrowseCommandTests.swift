// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataCore
import StrataTestSupport
import Testing

@testable import StrataCommand

/// `strata browse` in a pipe, and its session.
struct BrowseCommandTests {
  private static let dump = Tool.series + "/dumps/"

  private static func dumps() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: dump).sorted().prefix(2).map { dump + $0 }
  }

  /// What the commands print.
  private func output(_ commands: [String], isExact: Bool = false) async -> String {
    let printed = Printed()
    var session = BrowserSession(isExact: isExact) { printed.bytes += $0 }
    for command in commands { guard await session.perform(command) else { break } }
    return String(decoding: printed.bytes, as: UTF8.self)
  }

  private final class Printed {
    var bytes: [UInt8] = []
  }

  @Test func `reports are those of strata report`() async throws {
    let paths = try Self.dumps()
    let commands = [
      "read \(paths[0])", "add \(paths[1])", "strip", "sort time", "reverse", "stats e 0.5 3",
    ]
    let report = try Tool.run(
      ["report", "--strip-dirs", "--sort", "time", "--reverse", "--limit", "e", "--limit", "0.5"]
        + ["--limit", "3"] + paths
    )
    #expect(await output(commands).contains("List reduced"))
    #expect(await tail(output(commands)) == tail(report.output))
  }

  /// What follows the totals.
  private func tail(_ text: String) -> Substring {
    text.range(of: "   Ordered by").map { text[$0.lowerBound...] } ?? ""
  }

  @Test func `an order ends with what it was made for`() async throws {
    let paths = try Self.dumps()
    let text = await output(["read \(paths[0])", "sort time", "add \(paths[1])", "stats 1"])
    #expect(text.contains("Random listing order was used"))
  }

  @Test func `an empty line repeats, an unknown word is refused, quit ends`() async throws {
    let path = try Self.dumps()[0]
    let once = await output(["read \(path)", "stats 2"])
    #expect(await output(["read \(path)", "stats 2", ""]) == once + once)
    #expect(await output(["", "foo bar", "quit", "help"]) == "*** Unknown syntax: foo bar\n")
  }

  @Test func `without statistics nothing breaks`() async {
    for command in [
      "stats", "callers", "callees", "strip", "reverse", "json", "sort time", "add x", "diff x",
    ] {
      #expect(await output([command]) == "No statistics object is loaded.\n")
    }
    #expect(await output(["read"]) == "No statistics object is current -- cannot reload.\n")
    #expect(await output(["read /nonexistent"]).contains("/nonexistent: no such file"))
  }

  @Test func `no dump that was read since the start is overwritten`() async throws {
    let folder = try TemporaryFolder()
    let dumps = try Self.dumps().prefix(2).enumerated().map { number, path in
      try folder.write("\(number).prof", Data(contentsOf: URL(filePath: path)))
    }
    let before = try Data(contentsOf: URL(filePath: dumps[0]))
    let text = await output(["read \(dumps[0])", "read \(dumps[1])", "json --force \(dumps[0])"])
    #expect(text.contains("is read by this command"))
    #expect(try Data(contentsOf: URL(filePath: dumps[0])) == before)
  }

  @Test func `keys and shares are checked as in pstats`() async throws {
    let path = try Self.dumps()[0]
    #expect(await output(["read \(path)", "sort bogus"]).hasPrefix("Valid sort keys"))
    let text = await output(["read \(path)", "callers 1.5 1"])
    #expect(text.hasPrefix("Fraction argument must be in [0, 1]\n"))
    #expect(text.contains("restriction <1>"))
  }

  @Test func `commands from a pipe print results alone`() async throws {
    let folder = try TemporaryFolder()
    let path = try Self.dumps()[0]
    let process = Tool.process(["browse", path])
    process.standardInput = try FileHandle(
      forReadingFrom: URL(
        filePath: folder.write("commands", "sort time\nstats 1\nquit\nstats\n".utf8)
      )
    )
    let output = try FileHandle(forWritingTo: URL(filePath: folder.write("output", [])))
    process.standardOutput = output
    try process.run()
    process.waitForEnd()
    #expect(process.terminationStatus == 0)
    let text = try folder.text("output")
    #expect(!text.contains("%"))
    #expect(text.components(separatedBy: "function calls").count == 2)
  }
}
#endif
