// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import StrataTesting
import Testing

/// `strata report`, as a user runs it.
struct ReportCommandTests {
  private static func run(_ arguments: [String]) throws -> Tool.Outcome {
    try Tool.run(["report"] + arguments)
  }

  private static let dumps = try? FileManager.default
    .contentsOfDirectory(atPath: Tool.series + "/dumps").sorted().prefix(3)
    .map { Tool.series + "/dumps/" + $0 }

  @Test func `text has a line for each dump, in the order of adding`() throws {
    let dumps = try #require(Self.dumps)
    func heads(_ options: [String]) throws -> [String] {
      let outcome = try Self.run(options + dumps)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.output.split(separator: "\n").prefix(3).map { line in
        String(line.split(separator: " ").last ?? "")
      }
    }
    #expect(try heads([]) == dumps)
    #expect(try heads(["--merge-order", "constructor"]) == [dumps[0], dumps[2], dumps[1]])
  }

  @Test func `hundreds of paths are as good as a few, wherever options stand`() throws {
    let dumps = try #require(Self.dumps)
    let many = (0..<300).map { dumps[$0 % 3] }
    func figures(_ arguments: [String]) throws -> [Substring] {
      let outcome = try Self.run(arguments)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.output.split(separator: "\n").filter { !$0.hasSuffix(".prof") }
    }
    let options = ["--sort", "ncalls", "--limit", "5"]
    let expected = try figures(options + many.prefix(20)).count
    let sums = try [
      options + many, many + options, Array(many.prefix(100)) + options + many.dropFirst(100),
      options + ["--"] + many, ["--sort=ncalls", "--limit=5"] + many,
    ].map(figures)
    #expect(sums[0].count == expected)
    #expect(sums.allSatisfy { $0 == sums[0] })
    let lost = try Self.run(options + many + ["--limt"])
    #expect(lost.status == 64 && lost.errors.contains("--limt"))
  }

  #if os(Linux)
  @Test func `a full disk is told in one line, where the text goes to standard output`() throws {
    let outcome = try Tool.run(["report", try #require(Self.dumps?.first)], into: "/dev/full")
    #expect(outcome.status == 73)
    #expect(outcome.errors == "strata: error: standard output: no space left on device\n")
  }
  #endif

  @Test func `a reader that is slow gets all, though writing to it must not wait`() throws {
    let pipe = Pipe()
    let (reader, writer) = (pipe.fileHandleForReading, pipe.fileHandleForWriting)
    _ = fcntl(writer.fileDescriptor, F_SETFL, fcntl(writer.fileDescriptor, F_GETFL) | O_NONBLOCK)
    let series = try #require(Self.dumps).flatMap { Array(repeating: $0, count: 1000) }
    let process = Tool.process(["report"] + series)
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    // It stands before a full pipe again and again: nothing is read before there is no more room.
    var (text, fullCount) = ([UInt8](), 0)
    while true {
      try Patience.wait { !process.isRunning || Self.isFull(writer) }
      guard process.isRunning else { break }
      fullCount += 1
      text += try reader.read(upToCount: 8_192) ?? Data()
    }
    // Else there would be no end to read to.
    try writer.close()
    text += try reader.readToEnd() ?? Data()
    process.waitForEnd()
    #expect(process.terminationStatus == 0)
    #expect(text.count > 200_000 && text.suffix(3) == Array("\n\n\n".utf8))
    #expect(fullCount > 10)
  }

  /// Whether a pipe takes no more.
  private static func isFull(_ writer: FileHandle) -> Bool {
    var state = pollfd(fd: writer.fileDescriptor, events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&state, 1, 0) == 0
  }

  @Test func `limits are applied one after the other`() throws {
    let dump = try #require(Self.dumps?.first)
    let outcome = try Self.run([
      "--sort", "tottime", "--limit", "0.9", "--limit", "py:", "--limit=2", dump,
    ])
    let notes = outcome.output.split(separator: "\n").filter { $0.contains("due to restriction") }
    #expect(notes.count == 3)
    #expect(notes.last?.hasSuffix("to 2 due to restriction <2>") == true)
    #expect(outcome.output.contains("   Ordered by: internal time\n"))
  }

  @Test func `a store adds up to what its dumps add up to`() throws {
    let folder = try TemporaryFolder()
    let store = ["--store", folder("a.db")]
    try Tool.storeSeries(folder("a.db"))
    let filter = ["--where", "endpoint=search", "--since", "2026-01-05T09:06:00Z"]
    let options = ["--format", "csv", "--sort", "nfl"] + filter
    let fromStore = try Self.run(options + store)
    let fromDumps = try Self.run(options + [Tool.series])
    #expect(fromStore.status == 0, "\(fromStore.errors)")
    // Sums of floats depend on the order of adding: texts and counts do not.
    func columns(_ csv: String) -> [[Substring]] {
      csv.split(separator: "\n").map { Array($0.split(separator: ",").dropLast(2)) }
    }
    #expect(columns(fromStore.output) == columns(fromDumps.output))
    #expect(fromStore.output.split(separator: "\n").count > 10)
    let text = try Self.run(filter + store + ["--limit", "1"])
    #expect(text.output.contains("captures  2026-01-05T09:06:"))
  }

  @Test func `a dump that was written is read back as it was`() throws {
    let folder = try TemporaryFolder()
    let dumps = try #require(Self.dumps)
    #expect(try Self.run(["--format", "prof", "-o", folder("sum.prof")] + dumps).status == 0)
    let sum = try Self.run(["--format", "json"] + dumps)
    let again = try Self.run(["--format", "json", folder("sum.prof")])
    #expect(sum.output == again.output)
  }

  @Test func `suspicions are said beside the report, and stand in the data`() throws {
    let folder = try TemporaryFolder()
    let profile = StatsProfile(functions: [
      FunctionProfile(function: .at("a.py", 1, "f"), statistics: .of(1, -1, .nan))
    ])
    let path = try folder.write("odd.prof", PstatsWriter.dump(profile))
    let text = try Self.run([path])
    #expect(text.status == 0)
    #expect(text.errors.contains("strata: warning: a.py:1(f) has a negative time"))
    let json = try JSONValue(
      parsing:
        Array(try Self.run(["--format", "json", path]).output.utf8)[...]
    )
    let codes = try json.field("warnings").elements.map { try $0.field("code").text.string }
    #expect(codes == ["negativeTimes", "timesWithoutValue"])
  }

  @Test(
    arguments: [
      (["--sort", "cum"], "--sort"), (["--callers", "--callees"], "--callers or --callees"),
      (["--format", "prof", "--limit", "3"], "--limit"),
      (["--compat", "get_stats_profile"], "--format json"),
      (["--store", "a.db"], "not both"),
    ]
  )
  func `a wrong call is refused`(_ options: [String], _ message: String) throws {
    let outcome = try Self.run(options + [try #require(Self.dumps?.first)])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }
}
#endif
