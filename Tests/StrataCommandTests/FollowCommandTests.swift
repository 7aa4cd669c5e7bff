// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import Testing

@Suite struct FollowCommandTests {
  private static let dump = Tool.series + "/dumps/20260105T090000.771Z_render_short.prof"

  private let folder: TemporaryFolder
  private let bytes: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    bytes = try RegularFile.read(Self.dump)
  }

  private func follow(_ options: String...) throws -> RunningTool {
    try RunningTool(
      ["import", "--follow", "--poll", "20ms", "--print-ids", "--store", folder("kept.db")]
        + options + [folder("spool")]
    )
  }

  private func append(_ spool: SpoolFolder, _ second: Int64) throws {
    try spool.append(dump: bytes, start: Timestamp(nanoseconds: second * 1_000_000_000))
  }

  private func lines(_ tool: RunningTool) -> Int {
    tool.output.count { $0 == "\n" }
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `what is added is stored until a signal ends it`(signal: Int32) throws {
    let spool = try SpoolFolder(path: folder("spool"))
    try append(spool, 1)
    let tool = try follow()
    try Patience.wait { lines(tool) == 1 }
    try append(spool, 2)
    try Patience.wait { lines(tool) == 2 }
    tool.send(signal)
    let outcome = try tool.end()
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("\n2 dumps: 2 stored, 0 already known, 0 failed in "))
    #expect(outcome.errors.isEmpty)
    #expect(DumpCatalog(paths: [spool.path]).sources.count == 2)
  }

  @Test func `dumps are removed when they are durable, and no bad ones`() throws {
    let spool = try SpoolFolder(path: folder("spool"))
    try append(spool, 1)
    let tool = try follow("--delete-stored")
    try spool.append(dump: Array("{i".utf8), start: Timestamp(nanoseconds: 0))
    try append(spool, 2)
    try Patience.wait { DumpCatalog(paths: [spool.path]).sources.count == 1 }
    // The store knows it already: it goes too.
    try append(spool, 1)
    try Patience.wait { tool.output.contains("known ") }
    tool.send(SIGTERM)
    let outcome = try tool.end()
    #expect(outcome.status == 65)
    #expect(outcome.output.contains("\n4 dumps: 2 stored, 1 already known, 1 failed in "))
    let left = DumpCatalog(paths: [spool.path]).sources
    #expect(left.map(\.entry?.start.nanoseconds) == [0])
    #expect(try RegularFile.names(inFolder: spool.path).count { $0.hasSuffix(".prof") } == 1)
  }

  @Test func `a dump that its writer took away is missing, and no failure`() throws {
    try folder.write("spool/index.jsonl", (#"{"file":"a.prof","timestamp":1}"# + "\n").utf8)
    let tool = try follow()
    let spool = try SpoolFolder(path: folder("spool"))
    try append(spool, 2)
    try Patience.wait { lines(tool) == 1 }
    tool.send(SIGTERM)
    let outcome = try tool.end()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.output.contains("\n2 dumps: 1 stored, 0 already known, 0 failed, 1 missing in ")
    )
  }

  @Test func `a follower that is killed has removed nothing that is not stored`() throws {
    let spool = try SpoolFolder(path: folder("spool"))
    for second in 0..<40 as Range<Int64> { try append(spool, second) }
    let tool = try follow("--delete-stored")
    try Patience.wait { lines(tool) > 0 }
    tool.send(SIGKILL)
    _ = try tool.end()
    let again = try follow("--delete-stored")
    try append(spool, 40)
    try Patience.wait { lines(again) > 0 && DumpCatalog(paths: [spool.path]).sources.isEmpty }
    again.send(SIGTERM)
    let outcome = try again.end()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let slices = try Tool.run([
      "slices", "--store", folder("kept.db"), "--metric", "captures", "--every", "1d", "--format",
      "csv",
    ])
    #expect(slices.output.contains(",41"), "\(slices.output)")
  }

  @Test
  func `what a killed follower left is found: what is stored goes, and the rest stays and is said`()
    throws
  {
    let spool = try SpoolFolder(path: folder("spool"))
    for second in 0..<4 as Range<Int64> { try append(spool, second) }
    #expect(try Tool.run(["import", "--store", folder("kept.db"), spool.path]).status == 0)
    // The lines are gone, the dumps are not: as by a kill, of a version that left no note of it.
    try folder.write("spool/index.jsonl", [])
    let other = "20260105T090000.000000000Z-1-0.prof"
    try folder.write("spool/" + other, bytes)
    try folder.write("spool/mine.prof", bytes)
    // Not of this start, though of the same figures; and not whole.
    try folder.write("spool/20260105T090000.000000000Z-1-1.prof", bytes.prefix(100))
    let tool = try follow("--delete-stored")
    let rest = ["20260105T090000.000000000Z-1-1.prof", other, "mine.prof"].sorted()
    try Patience.wait {
      try RegularFile.names(inFolder: spool.path).filter { $0.hasSuffix(".prof") } == rest
    }
    try append(spool, 9)
    try Patience.wait { lines(tool) == 1 }
    tool.send(SIGTERM)
    let outcome = try tool.end()
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("\n1 dump: 1 stored, 0 already known, 0 failed in "))
    #expect(outcome.errors.contains("no line of index.jsonl lists 3 dumps, such as \(rest[0]):"))
    #expect(outcome.errors.count { $0 == "\n" } == 1, "\(outcome.errors)")
    #expect(try RegularFile.names(inFolder: spool.path).filter { $0.hasSuffix(".prof") } == rest)
  }

  @Test func `an import says which dumps no line names`() throws {
    let spool = try SpoolFolder(path: folder("spool"))
    try append(spool, 1)
    try folder.write("spool/mine.prof", bytes)
    for path in [spool.path, spool.path + "/index.jsonl"] {
      let outcome = try Tool.run(["import", "--store", folder("kept.db"), path])
      #expect(outcome.status == 0)
      #expect(
        outcome.errors.hasPrefix(
          "strata: warning: \(spool.path): no line of index.jsonl lists mine.prof: "
        )
      )
    }
    try folder.write("spool/index.jsonl", [])
    let empty = try Tool.run(["import", "--store", folder("kept.db"), spool.path])
    #expect(empty.errors.contains("no line of index.jsonl lists 2 dumps, such as "))
  }

  @Test func `what cannot be followed is refused`() throws {
    try folder.write("spool", bytes)
    let file = try follow().end()
    #expect(file.status == 66)
    #expect(file.errors.contains("expected a folder to follow"))
    let absent = try Tool.run(["import", "--follow", folder("absent")])
    #expect(absent.status == 66)
    #expect(try Tool.run(["import", "--delete-stored", folder.path]).status == 64)
  }
}
#endif
