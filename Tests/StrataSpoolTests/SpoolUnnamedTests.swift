// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import Synchronization
import Testing

/// What processes leave that are killed between a dump and its line, made by hand.
struct SpoolUnnamedTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a.prof", "b.prof", "c.prof"] { try folder.write(name, [1]) }
  }

  private func line(_ file: String, _ second: Int = 1) -> String {
    #"{"file":"\#(file)","timestamp":\#(second)}"# + "\n"
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private func names() throws -> [String] {
    try RegularFile.names(inFolder: folder.path).filter { !$0.hasPrefix("index.jsonl.lock") }
  }

  // MARK: - A removal that was killed

  /// A removal of two dumps that was killed when the index was as it says.
  private func killed(index: String, removing: String...) throws {
    try folder.write("index.jsonl", index.utf8)
    try folder.write("index.jsonl.removed", removing.flatMap { Array($0.utf8) + [0] })
  }

  @Test func `a removal that was killed after its lines goes on`() throws {
    try killed(index: line("c.prof"), removing: "a.prof", "b.prof")
    #expect(try SpoolFolder.finishRemoval(in: folder.path) == 2)
    #expect(try names() == ["c.prof", "index.jsonl"])
    #expect(try SpoolFolder.finishRemoval(in: folder.path) == 0)
  }

  @Test func `one that was killed after some of its files goes on`() throws {
    try FileManager.default.removeItem(atPath: folder("a.prof"))
    try killed(index: "", removing: "a.prof", "b.prof")
    #expect(try SpoolFolder.finishRemoval(in: folder.path) == 1)
    #expect(try names() == ["c.prof", "index.jsonl"])
  }

  @Test func `one that was killed before its lines removes nothing`() throws {
    let index = line("a.prof") + line("./b.prof") + line("c.prof")
    try killed(index: index, removing: "a.prof", "b.prof")
    #expect(try SpoolFolder.finishRemoval(in: folder.path) == 0)
    #expect(try names() == ["a.prof", "b.prof", "c.prof", "index.jsonl"])
    #expect(try folder.text("index.jsonl") == index)
  }

  @Test func `a note of a removal reaches for no other file`() throws {
    let names = ["../x.prof", "index.jsonl", "index.jsonl.lock", "sub/d.prof"]
    try folder.write("x.prof", [1])
    try folder.write("spool/sub/d.prof", [1])
    try folder.write("spool/index.jsonl", [])
    try folder.write("spool/index.jsonl.removed", names.flatMap { Array($0.utf8) + [0] })
    #expect(try SpoolFolder.finishRemoval(in: folder("spool")) == 0)
    #expect(exists(folder("x.prof")) && exists(folder("spool/sub/d.prof")))
    #expect(
      try RegularFile.names(inFolder: folder("spool")) == [
        "index.jsonl", "index.jsonl.lock", "sub",
      ]
    )
  }

  @Test func `writers and removals finish what was begun`() throws {
    try killed(index: line("c.prof"), removing: "a.prof")
    _ = try SpoolFolder(path: folder.path)
    #expect(try names() == ["b.prof", "c.prof", "index.jsonl"])
    try killed(index: line("c.prof"), removing: "b.prof")
    try SpoolFolder.remove(DumpCatalog(paths: [folder.path]).sources, from: folder.path)
    #expect(try names() == ["index.jsonl"])
  }

  // MARK: - Dumps without a line

  @Test func `dumps that no line names are found`() throws {
    #expect(try SpoolFolder.unnamedDumps(in: folder.path) == [])
    try folder.write("notes.txt", [1])
    try folder.write("d.prof/e.prof", [1])
    try folder.write("index.jsonl", (line("a.prof") + "\n" + line("gone.prof")).utf8)
    #expect(try SpoolFolder.unnamedDumps(in: folder.path) == ["b.prof", "c.prof"])
    // It changes nothing, also where nobody has written yet.
    #expect(!exists(folder("index.jsonl.lock")))
  }

  @Test func `a line that cannot be read may name a dump`() throws {
    let long = #"{"file":"b.prof","x":""# + String(repeating: "x", count: 100_000)
    for bad in [#"{"file":"b.prof","tim"#, #"{"file":"\u0062.prof"}"#, long] {
      try folder.write("index.jsonl", (line("a.prof") + line("c.prof") + bad).utf8)
      #expect(try SpoolFolder.unnamedDumps(in: folder.path) == [])
      #expect(try SpoolFolder.removeUnnamed(["a.prof", "b.prof"], from: folder.path) == 0)
    }
    try folder.write("index.jsonl", (line("a.prof") + line("c.prof") + "nonsense\n").utf8)
    #expect(try SpoolFolder.unnamedDumps(in: folder.path) == ["b.prof"])
  }

  @Test func `a dump that is being written is none of them`() throws {
    let path = try SpoolFolder(path: folder("spool")).path
    let lock = unsafe open(folder("spool/index.jsonl.lock"), O_RDWR)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX) == 0)
    // A writer has the lock, and has written the dump but not the line.
    try folder.write("spool/a.prof", [1])
    let found = Mutex<(unnamed: [String], removed: Int)?>(nil)
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let unnamed = try? SpoolFolder.unnamedDumps(in: path)
      let removed = try? SpoolFolder.removeUnnamed(["a.prof"], from: path)
      found.withLock { $0 = (unnamed ?? ["failed"], removed ?? -1) }
      done.signal()
    }
    #if os(Linux)
    // It waits for the lock by now, or has found something without it. Elsewhere it may come later,
    // and finds what is there then.
    try Patience.wait { try Self.isAwaited(lock) || found.withLock { $0 != nil } }
    #endif
    #expect(found.withLock { $0 == nil })
    try folder.write("spool/index.jsonl", line("a.prof").utf8)
    flock(lock, LOCK_UN)
    try Patience.wait { done.wait(timeout: .now()) == .success }
    #expect(found.withLock { $0?.unnamed } == [])
    #expect(found.withLock { $0?.removed } == 0)
    #expect(exists(folder("spool/a.prof")))
  }

  #if os(Linux)
  /// Whether somebody waits for a lock on an open file, as the system lists it: behind an arrow.
  private static func isAwaited(_ file: Int32) throws -> Bool {
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw CocoaError(.fileReadUnknown) }
    let list = try FileHandle(forReadingFrom: URL(filePath: "/proc/locks"))
    let locks = String(decoding: try list.readToEnd() ?? Data(), as: UTF8.self)
    return locks.split(separator: "\n").contains {
      $0.contains("->") && $0.contains(":\(status.st_ino) ")
    }
  }
  #endif

  // MARK: - The gate

  @Test func `a gate that nobody uses is closed at once`() throws {
    let gate = try SpoolGate(opening: folder("run"))
    #expect(
      try RegularFile.names(inFolder: folder("run")) == [
        "index.jsonl", "index.jsonl.lock", "run.lock",
      ]
    )
    #expect(try gate.closeIfUnused())
    #expect(!exists(folder("run/run.lock")))
    #expect(try gate.closeIfUnused())
    #expect(try SpoolFolder.removeIfEmpty(folder("run")))
    #expect(!exists(folder("run")))
  }

  @Test func `a gate that is used stays open until it is closed for all`() throws {
    let gate = try SpoolGate(opening: folder("run"))
    let user = unsafe open(folder("run/run.lock"), O_RDONLY)
    defer { close(user) }
    #expect(flock(user, LOCK_SH) == 0)
    #expect(try !gate.closeIfUnused())
    #expect(exists(folder("run/run.lock")))
    try gate.close()
    #expect(!exists(folder("run/run.lock")))
    #expect(try SpoolFolder.removeIfEmpty(folder("run")))
  }

  @Test func `a folder with a dump that no line names is not removed`() throws {
    _ = try SpoolGate(opening: folder("run"))
    try folder.write("run/a.prof", [1])
    #expect(try !SpoolFolder.removeIfEmpty(folder("run")))
    #expect(exists(folder("run/index.jsonl")))
  }
}
