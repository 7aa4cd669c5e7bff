// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import Testing

@testable import StrataCommand

/// The rule by which all commands write files.
struct OutputFileTests {
  private struct Failure: Error {}

  private static func write(
    _ text: String,
    to path: String,
    existing: OutputFile.Existing = .replaced,
    reading sources: SourceFiles = SourceFiles()
  ) throws {
    try OutputFile(path, existing: existing, reading: sources).write { try $0(Array(text.utf8)) }
  }

  private static func mode(of path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  private static func names(in folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func `a file is replaced, its permissions stay, and nothing is left beside it`() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.txt", "old and longer".utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder("a.txt"))
    try Self.write("new", to: folder("a.txt"))
    #expect(try folder.text("a.txt") == "new")
    #expect(try Self.mode(of: folder("a.txt")) == 0o640)
    try Self.write("fresh", to: folder("b.txt"))
    #expect(try folder.text("b.txt") == "fresh")
    let mask = umask(0)
    umask(mask)
    #expect(try Self.mode(of: folder("b.txt")) == Int(0o666 & ~mask))
    #expect(try Self.names(in: folder) == ["a.txt", "b.txt"])
  }

  @Test func `a link stays, and what it leads to is replaced`() throws {
    let folder = try TemporaryFolder()
    try folder.write("sub/real.txt", "old".utf8)
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder("link"), withDestinationPath: "sub/other")
    try files.createSymbolicLink(atPath: folder("sub/other"), withDestinationPath: "real.txt")
    try Self.write("new", to: folder("link"))
    #expect(try folder.text("sub/real.txt") == "new")
    #expect(try files.destinationOfSymbolicLink(atPath: folder("link")) == "sub/other")
    #expect(try files.destinationOfSymbolicLink(atPath: folder("sub/other")) == "real.txt")
    // A link to nothing yet.
    try files.createSymbolicLink(atPath: folder("hope"), withDestinationPath: "sub/made.txt")
    try Self.write("made", to: folder("hope"))
    #expect(try folder.text("sub/made.txt") == "made")
    // A link to itself.
    try files.createSymbolicLink(atPath: folder("loop"), withDestinationPath: "loop")
    #expect(throws: CommandError.self) { try Self.write("x", to: folder("loop")) }
  }

  @Test func `what fails on the way leaves the old file and no other one`() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.txt", "old".utf8)
    for name in ["a.txt", "b.txt"] {
      let file = try OutputFile(folder(name), reading: SourceFiles())
      #expect(throws: Failure.self) {
        try file.write { output in
          for _ in 0..<100 { try output(Array(repeating: 0x61, count: 100_000)) }
          throw Failure()
        }
      }
    }
    #expect(try folder.text("a.txt") == "old")
    #expect(try Self.names(in: folder) == ["a.txt"])
  }

  @Test func `what is there is refused on request, also if it came meanwhile`() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.txt", "old".utf8)
    let refused = OutputFile.Existing.refused(advice: "name another")
    let error = caught(as: CommandError.self) {
      try Self.write("new", to: folder("a.txt"), existing: refused)
    }
    #expect(error?.code == .cannotWrite)
    #expect(error?.description == "\(folder("a.txt")): already exists: name another")
    try Self.write("fresh", to: folder("b.txt"), existing: refused)
    #expect(try folder.text("b.txt") == "fresh")
    let late = try OutputFile(folder("c.txt"), existing: refused, reading: SourceFiles())
    #expect(throws: CommandError.self) {
      try late.write { output in
        try output([0x61])
        try folder.write("c.txt", "first".utf8)
      }
    }
    #expect(try folder.text("c.txt") == "first")
    #expect(try folder.text("a.txt") == "old")
    #expect(try Self.names(in: folder) == ["a.txt", "b.txt", "c.txt"])
  }

  @Test func `folders and missing folders are refused`() throws {
    let folder = try TemporaryFolder()
    for path in [folder.path, folder.path + "/", folder("none/x"), "", folder("none/")] {
      let error = caught(as: CommandError.self) { try Self.write("x", to: path) }
      #expect(error?.code == .cannotWrite, "\(path)")
    }
    #expect(try Self.names(in: folder) == [])
  }

  #if os(Linux)
  @Test func `devices, pipes and open files are written as they are`() throws {
    let folder = try TemporaryFolder()
    try Self.write("x", to: "/dev/null")
    let full = caught(as: CommandError.self) { try Self.write("x", to: "/dev/full") }
    #expect(full?.description == "/dev/full: no space left on device")
    #expect(
      try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type] as? FileAttributeType
        == .typeCharacterSpecial
    )
    // What a descriptor is open for is written where it stands, not replaced.
    let path = try folder.write("log", "first\n".utf8)
    let handle = try FileHandle(forUpdating: URL(filePath: path))
    try handle.seekToEnd()
    let number = handle.fileDescriptor
    try Self.write("second\n", to: "/dev/fd/\(number)")
    try Self.write("third\n", to: "/proc/self/fd/\(number)")
    try FileManager.default.createSymbolicLink(
      atPath: folder("out"),
      withDestinationPath: "/dev/fd/\(number)"
    )
    try Self.write("fourth\n", to: folder("out"))
    #expect(try folder.text("log") == "first\nsecond\nthird\nfourth\n")
    #expect(try Self.names(in: folder) == ["log", "out"])
    // Nor is it replaced if it is read.
    #expect(throws: CommandError.self) {
      try Self.write("x", to: folder("out"), reading: SourceFiles(dumps: [path]))
    }
    try handle.close()
    #expect(throws: CommandError.self) { try Self.write("x", to: folder("out")) }
  }

  @Test func `a pipe gets all that is written`() throws {
    let folder = try TemporaryFolder()
    try folder.makePipe("pipe")
    let path = folder("pipe")
    // The writer waits for a reader.
    let text = Patience.start {
      let reader = try FileHandle(forReadingFrom: URL(filePath: path))
      return String(decoding: try reader.readToEnd() ?? Data(), as: UTF8.self)
    }
    let long = String(repeating: "0123456789", count: 50_000)
    try Self.write(long, to: path)
    #expect(try text.value() == long)
    #expect(try Self.names(in: folder) == ["pipe"])
  }
  #endif

  @Test func `no file that is read is written, whatever names it has`() throws {
    let folder = try TemporaryFolder()
    let dump = PstatsWriter.dump(StatsProfile())
    try folder.write("plain/deep/a.prof", dump)
    try folder.write("plain/notes.txt", "notes".utf8)
    try folder.write("spool/b.prof", dump)
    try folder.write("spool/c.bin", dump)
    try folder.write(
      "spool/index.jsonl",
      #"{"file":"b.prof","timestamp":1}\#n{"file":"c.bin","timestamp":2}\#n"#.utf8
    )
    try folder.write("one.prof", dump)
    try folder.write("team.db", "store".utf8)
    try folder.write("team.db-wal", "log".utf8)
    let files = FileManager.default
    try files.linkItem(atPath: folder("one.prof"), toPath: folder("hard"))
    try files.createSymbolicLink(atPath: folder("soft"), withDestinationPath: "spool/c.bin")
    try files.createSymbolicLink(atPath: folder("store"), withDestinationPath: "team.db")
    try files.createSymbolicLink(atPath: folder("again"), withDestinationPath: ".")
    let sources = SourceFiles(
      dumps: ["plain", "spool", "one.prof"].map { folder($0) },
      store: folder("store")
    )
    for name in [
      "plain/deep/a.prof", "spool/b.prof", "spool/c.bin", "spool/index.jsonl", "one.prof", "hard",
      "soft", "again/one.prof", "team.db", "store", "team.db-wal", "team.db-journal",
      "again/team.db-shm",
    ] {
      let error = caught(as: CommandError.self) {
        try Self.write("x", to: folder(name), reading: sources)
      }
      #expect(error?.code == .cannotWrite, "\(name)")
      #expect(error?.description.contains("is read by this command") == true, "\(name)")
    }
    for name in ["plain/notes.txt", "plain/new.prof", "team.db-new", "spool/new.jsonl"] {
      try Self.write("x", to: folder(name), reading: sources)
      #expect(try folder.text(name) == "x")
    }
    #expect(try folder.text("team.db") == "store")
    #expect(try Array(Data(contentsOf: URL(filePath: folder("one.prof")))) == dump)
  }

  @Test func `a file that may not grow so large is told in one line, and the old one is kept`()
    throws
  {
    let folder = try TemporaryFolder()
    try folder.write("a.json", "old".utf8)
    let dumps = Tool.series + "/dumps"
    for (arguments, count) in [
      (["slices", dumps, "--format", "ndjson", "-o", folder("a.json")], 1),
      (["slices", dumps, "--format", "csv", "-o", folder("b.csv")], 1),
      (["flame", dumps, "-o", folder("c.svg")], 1),
      (["report", dumps, "-o", folder("d.txt")], 1),
    ] {
      let process = Tool.process([])
      let tool = try #require(process.executableURL).path
      process.executableURL = URL(filePath: "/bin/sh")
      // In units of 512 or 1,024 bytes: less than any of these results.
      process.arguments = ["-c", "ulimit -f 4; exec \"$@\"", "sh", tool] + arguments
      let errors = try folder.write("errors", [])
      process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
      try process.run()
      process.waitForEnd()
      #expect(process.terminationReason == .exit && process.terminationStatus == 73)
      let lines = try folder.text("errors").split(separator: "\n")
      #expect(lines.filter { $0.hasSuffix(": file too large") }.count == count, "\(lines)")
    }
    #expect(try folder.text("a.json") == "old")
    #expect(try Self.names(in: folder) == ["a.json", "errors"])
  }
}
#endif
