// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import Testing

struct SpoolRemovingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a", "b", "c", "sub/d"] { try folder.write(name, [1]) }
  }

  private func line(_ file: String, _ second: Int, _ more: String = "") -> String {
    #"{"file":"\#(file)","timestamp":\#(second)\#(more)}"# + "\n"
  }

  /// Removes what an index says, after it has become another one.
  private func remove(_ known: String, from index: String) throws -> Int {
    try folder.write("index.jsonl", known.utf8)
    let dumps = DumpCatalog(paths: [folder.path]).sources
    try folder.write("index.jsonl", index.utf8)
    return try SpoolFolder.remove(dumps, from: folder.path)
  }

  private func names() throws -> [String] {
    try RegularFile.names(inFolder: folder.path).filter { !$0.hasPrefix("index") }
  }

  @Test func `lines go with their dumps, and all others stay as they are`() throws {
    let rest = "nonsense\n" + line("b", 2, #","other":[1]"#) + #"{"file":"c","tim"#
    #expect(try remove(line("a", 1), from: line("a", 1) + rest) == 1)
    #expect(try folder.text("index.jsonl") == rest)
    #expect(try names() == ["b", "c", "sub"])
  }

  @Test func `a dump that another line names stays`() throws {
    for other in [line("a", 2), line("./a", 1), line("a", 1, #","labels":{"k":"v"}"#)] {
      #expect(try remove(line("a", 1), from: line("a", 1) + other) == 0)
      #expect(try folder.text("index.jsonl") == other)
      #expect(try names() == ["a", "b", "c", "sub"])
    }
  }

  @Test func `dumps in other folders stay, with their lines`() throws {
    let index = line("sub/d", 1) + line("index.jsonl", 1)
    #expect(try remove(index, from: index) == 0)
    #expect(try folder.text("index.jsonl") == index)
    #expect(try RegularFile.read(folder("sub/d")) == [1])
  }

  @Test func `a dump that is gone loses its line`() throws {
    #expect(try remove(line("gone", 1), from: line("gone", 1)) == 0)
    #expect(try folder.text("index.jsonl") == "")
  }

  @Test func `a folder without an index does not get one`() throws {
    let dump = DumpSource(
      path: folder("a"),
      entry: SpoolEntry(file: "a", start: Timestamp(nanoseconds: 0))
    )
    #expect(try SpoolFolder.remove([dump], from: folder.path) == 0)
    #expect(try RegularFile.names(inFolder: folder.path) == ["a", "b", "c", "sub"])
  }

  @Test func `a folder is removed when nothing is left in it`() throws {
    let other = try TemporaryFolder()
    let spool = try SpoolFolder(path: other("spool"))
    try spool.append(dump: [1], start: Timestamp(nanoseconds: 0))
    #expect(try !SpoolFolder.removeIfEmpty(spool.path))
    try SpoolFolder.remove(DumpCatalog(paths: [spool.path]).sources, from: spool.path)
    #expect(try SpoolFolder.removeIfEmpty(spool.path))
    #expect(!FileManager.default.fileExists(atPath: spool.path))
    try other.write("orphan/20260105T090000.000000000Z-1-0.prof", [1])
    #expect(try !SpoolFolder.removeIfEmpty(other("orphan")))
  }
}
