// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataCommand

/// What commands write, and what they refuse to.
struct OutputCommandTests {
  /// A folder with two dumps, one of them with the names of an enemy.
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let names: [(ByteString, ByteString)] = [
      ("/srv/app.py", "main"), ("=cmd|'/C calc'!A0", "@f"), ("-1+1", "+g\"x\",y"),
      ("a\u{1B}]0;owned\u{7}\u{9B}31m.py", "line\nbreak\u{202E}gpj"),
      (ByteString(Array("caf".utf8) + [0xED, 0xB3, 0xA9]), #"literal\udce9"#),
    ]
    let profile = StatsProfile(
      functions: names.enumerated().map { index, name in
        FunctionProfile(
          function: Function(file: name.0, line: index + 1, name: name.1),
          statistics: .of(CallCount(index + 1), 0.5, 1),
          callers: [CallEdge(caller: .at("=top.py", 1, "top"), figures: .full(.of(1, 0.5, 1)))]
        )
      }
    )
    try folder.write("a.prof", PstatsWriter.dump(profile))
    try folder.write("b.prof", PstatsWriter.dump(profile.merged(with: profile)))
    return folder
  }

  private static func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(filePath: path))
  }

  @Test func `no command replaces what it reads`() throws {
    let folder = try Self.folder()
    let (a, b) = (folder("a.prof"), folder("b.prof"))
    #expect(try Tool.run(["import", a, b, "--store", folder("s.db")]).status == 0)
    let before = try ["a.prof", "b.prof", "s.db"].map { try Self.bytes(folder($0)) }
    for (arguments, target) in [
      (["report", a, "--format", "prof"], a), (["report", folder.path], b),
      (["slices", a, b], b), (["inputs", folder.path, "--format", "csv"], a), (["flame", a], a),
      (["diff", a, b, "--format", "json"], b), (["diff", "--before", a, "--after", b], a),
      (["slices", "--store", folder("s.db")], folder("s.db")),
      (["report", "--store", folder("s.db")], folder("s.db-wal")),
      (["info", "--store", folder("s.db")], folder("s.db")), (["info", a, b], b),
    ] {
      let outcome = try Tool.run(arguments + ["-o", target])
      #expect(outcome.status == 73, "\(arguments)")
      #expect(outcome.errors.contains("is read by this command"), "\(outcome.errors)")
    }
    #expect(try ["a.prof", "b.prof", "s.db"].map { try Self.bytes(folder($0)) } == before)
  }

  @Test func `browse replaces nothing unless it is told to, and the dump never`() async throws {
    let folder = try Self.folder()
    let (dump, file) = (folder("a.prof"), folder("x.json"))
    let before = try Self.bytes(dump)
    final class Printed { var bytes: [UInt8] = [] }
    func output(_ commands: [String]) async -> String {
      let printed = Printed()
      var session = BrowserSession(isExact: false) { printed.bytes += $0 }
      for command in ["read \(dump)"] + commands { _ = await session.perform(command) }
      return String(decoding: printed.bytes, as: UTF8.self)
    }
    for command in ["json \(dump)", "json --force \(dump)", "slices -o \(dump)"] {
      #expect(await output([command]).contains("is read by this command"), "\(command)")
    }
    let other = "slices \(folder("b.prof")) --format svg -o \(dump) --force"
    #expect(await output([other]).contains("is read by this command"))
    #expect(try Self.bytes(dump) == before)
    #expect(await output(["json \(file)"]).isEmpty)
    let first = try folder.text("x.json")
    #expect(first.contains("strata/profile/1"))
    try folder.write("x.json", "mine".utf8)
    for command in [
      "json \(file)", "slices --format json -o \(file)", "diff \(folder("b.prof")) -o \(file)",
    ] {
      #expect(await output([command]).contains("x.json: already exists: name another file, or use"))
    }
    #expect(try folder.text("x.json") == "mine")
    #expect(await output(["json \(file) --force"]).isEmpty)
    #expect(try folder.text("x.json") == first)
    #expect(await output(["slices --force --format svg -o \(file)"]).isEmpty)
    #expect(try folder.text("x.json").hasPrefix("<svg"))
  }

  @Test func `a backup and an export replace nothing unless they are told to`() throws {
    let folder = try Self.folder()
    let store = ["--store", folder("s.db")]
    #expect(try Tool.run(["import", folder("a.prof")] + store).status == 0)
    try folder.write("old.db", "mine".utf8)
    #expect(try Tool.run(["store", "backup", folder("old.db")] + store).status == 73)
    #expect(try folder.text("old.db") == "mine")
    #expect(try Tool.run(["store", "backup", "--force", folder("old.db")] + store).status == 0)
    #expect(try Tool.run(["info", "--store", folder("old.db")]).output.contains("1"))
    for target in ["s.db", "old.db"] {
      if target == "old.db" { try folder.write("old.db-wal", "log".utf8) }
      let before = try Self.bytes(folder(target))
      let outcome = try Tool.run(["store", "backup", "--force", folder(target)] + store)
      #expect(outcome.status == 73, "\(target)")
      #expect(try Self.bytes(folder(target)) == before)
    }
    try folder.write("out/notes.txt", "mine".utf8)
    #expect(try Tool.run(["store", "export", folder("out")] + store).status == 73)
    for _ in 0..<2 {
      #expect(try Tool.run(["store", "export", "--force", folder("out")] + store).status == 0)
    }
    #expect(try folder.text("out/notes.txt") == "mine")
    #expect(try folder.text("out/index.jsonl").split(separator: "\n").count == 2)
    try folder.write("dumps/x.prof", Self.bytes(folder("a.prof")))
    #expect(try Tool.run(["store", "export", "--force", folder("dumps")] + store).status == 73)
  }

  @Test(arguments: [
    ["slices"], ["slices", "--by", "file"], ["report"], ["report", "--callers"], ["inputs"],
  ])
  func `csv is UTF-8, and no cell of it is a formula`(_ command: [String]) throws {
    let folder = try Self.folder()
    let line = #"{"file":"a.prof","timestamp":1,"labels":{"=k":"=1+1"}}"# + "\n"
    let empty = #"{"file":"b.prof","timestamp":2,"labels":{"=k":""}}"# + "\n"
    try folder.write("index.jsonl", (line + empty).utf8)
    for options in [[], ["--raw-csv"]] {
      let outcome = try Tool.run(
        command + [folder.path, "--format", "csv", "-o", folder("x.csv")] + options
      )
      #expect(outcome.status == 0, "\(outcome.errors)")
      let bytes = Array(try Self.bytes(folder("x.csv")))
      let text = try #require(String(validating: bytes, as: UTF8.self))
      let starts = Self.cells(of: text).compactMap(\.first)
      #expect(starts.contains { "=@+".contains($0) } == !options.isEmpty, "\(text)")
      #expect(starts.contains("'") == options.isEmpty)
      if command[0] != "inputs" { #expect(text.contains(#"caf\udce9"#)) }
    }
  }

  /// The cells of a text in CSV, in their order.
  private static func cells(of text: String) -> [String] {
    var (cells, isQuoted) = ([""], false)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": isQuoted.toggle()
      case ",", "\n":
        if isQuoted {
          cells[cells.count - 1].unicodeScalars.append(scalar)
        } else {
          cells.append("")
        }
      default: cells[cells.count - 1].unicodeScalars.append(scalar)
      }
    }
    return cells
  }

  @Test func `an absent label and an empty one are two rows that differ`() throws {
    let folder = try Self.folder()
    let lines = [
      #"{"file":"a.prof","timestamp":1,"labels":{"k":""}}"#, #"{"file":"b.prof","timestamp":2}"#,
    ]
    try folder.write("index.jsonl", (lines.joined(separator: "\n") + "\n").utf8)
    func rows(_ arguments: [String]) throws -> [Substring] {
      let outcome = try Tool.run(arguments + [folder.path])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.output.split(separator: "\n")
    }
    let slices = try rows(["slices", "--by", "label:k", "--every", "1h", "--format", "csv"])
    #expect(slices[0].hasSuffix(",other,absent"))
    #expect(
      slices.dropFirst().map { $0.hasSuffix(",false,true") }.sorted { !$0 && $1 } == [false, true]
    )
    let inputs = try rows(["inputs", "--key", "k", "--format", "csv"])
    #expect(inputs.dropFirst().map { $0.hasSuffix(",true") }.sorted { !$0 && $1 } == [false, true])
    let table = try rows(["slices", "--by", "label:k", "--every", "1h", "--format", "table"])
    #expect(table.contains { $0.hasSuffix("(no k)") } && table.contains { $0.hasSuffix("\"\"") })
  }

  @Test(arguments: [["slices"], ["inputs"], ["report"], ["diff"]])
  func `raw csv is an option of csv alone`(_ command: [String]) throws {
    let outcome = try Tool.run(command + ["a", "b", "--raw-csv", "--format", "json"])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("--raw-csv requires --format csv"))
  }

  // MARK: - Terminals

  /// What a person sees: `strata` on a pseudo-terminal.
  private static func screen(
    _ arguments: [String],
    input: [String] = []
  ) throws -> (status: Int32, bytes: [UInt8]) {
    var (master, slave) = (Int32(-1), Int32(-1))
    guard unsafe openpty(&master, &slave, nil, nil, nil) == 0 else {
      throw CocoaError(.fileNoSuchFile)
    }
    // Line feeds as they are.
    var attributes = termios()
    _ = unsafe tcgetattr(slave, &attributes)
    attributes.c_oflag &= ~tcflag_t(OPOST)
    _ = unsafe tcsetattr(slave, TCSANOW, &attributes)
    let folder = try TemporaryFolder()
    let process = Tool.process(arguments)
    process.standardOutput = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
    process.standardError = FileHandle.nullDevice
    process.standardInput = try FileHandle(
      forReadingFrom: URL(filePath: folder.write("in", (input.joined(separator: "\n") + "\n").utf8))
    )
    defer { close(master) }
    try process.run()
    // The terminal ends with its last writer.
    close(slave)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      // SAFETY: as many bytes as the buffer has.
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe read(master, $0.baseAddress, $0.count)
      }
      guard count > 0 else { break }
      bytes += buffer.prefix(count)
    }
    process.waitForEnd()
    return (process.terminationStatus, bytes)
  }

  private static func isHarmless(_ bytes: [UInt8]) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    return text.unicodeScalars.allSatisfy { $0 == "\n" || !$0.controlsDisplay }
  }

  @Test(arguments: [
    ["report"], ["report", "--callers"], ["report", "--callees"], ["report", "--format", "csv"],
    ["report", "--format", "json"], ["report", "--format", "ndjson"],
    ["slices", "--format", "csv"],
    ["slices", "--format", "ndjson"], ["slices", "--format", "table"],
  ])
  func `a terminal gets no controls, a pipe gets them all`(_ command: [String]) throws {
    let folder = try Self.folder()
    let (status, bytes) = try Self.screen(command + [folder("a.prof")])
    #expect(status == 0)
    #expect(Self.isHarmless(bytes))
    let text = String(decoding: bytes, as: UTF8.self)
    guard command[0] == "report" else { return }
    #expect(text.contains(#"\x1b]0;owned"#) || text.contains(#"\u001b]0;owned"#))
    // The line breaks of cells are quoted.
    let isQuoted = command.last == "csv"
    #expect(isQuoted || text.contains(#"line\nbreak"#) || text.contains(#"line\u000abreak"#))
    guard command.count < 3 else { return }
    let piped = try Tool.run(command + [folder("a.prof")], into: folder.write("piped", []))
    #expect(piped.status == 0)
    #expect(try folder.text("piped").contains("a\u{1B}]0;owned\u{7}\u{9B}31m.py:4(line\nbreak"))
  }

  @Test func `browse on a terminal shows names, and obeys none`() throws {
    let folder = try Self.folder()
    let commands = [
      "stats", "callers", "json", "nonsense\u{1B}[2J", "read no\u{1B}such", "help stats",
    ]
    let (status, bytes) = try Self.screen(["browse", folder("a.prof")], input: commands)
    #expect(status == 0)
    #expect(Self.isHarmless(bytes))
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains(#"*** Unknown syntax: nonsense\x1b[2J"#))
    #expect(text.contains(#"line\nbreak\u202egpj"#))
    #expect(text.contains("A LIMIT is a number of functions"))
  }

  @Test func `a dump is not written to a terminal`() throws {
    let folder = try Self.folder()
    let (status, bytes) = try Self.screen(["report", folder("a.prof"), "--format", "prof"])
    #expect(status == 64)
    #expect(bytes.isEmpty)
  }

  @Test func `a dump that is named again counts once in a flame graph, as in slices`() throws {
    let folder = try Self.folder()
    let dump = folder("a.prof")
    let once = try Tool.run(["flame", dump, "--title", "t"])
    for paths in [[dump, dump], [dump, folder.path + "/./a.prof"]] {
      let again = try Tool.run(["flame", "--title", "t"] + paths)
      #expect(again.output.contains("1 capture"))
      func frames(_ text: String) -> Substring {
        text[(text.firstRange(of: "<g class=\"strata-row")?.lowerBound ?? text.endIndex)...]
      }
      #expect(frames(again.output) == frames(once.output))
    }
  }
}
#endif
