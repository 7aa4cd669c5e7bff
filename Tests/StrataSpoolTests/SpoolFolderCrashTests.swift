// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import Testing

/// The states that a writer leaves which is killed, made by hand, and what becomes of them.
struct SpoolFolderCrashTests {
  private let folder: TemporaryFolder
  private let dump = Marshal.dict(Marshal.key(), Marshal.entry())
  private let start = Timestamp(nanoseconds: 1_767_603_600_000_000_000)

  init() throws {
    folder = try TemporaryFolder()
  }

  /// A folder with one dump that was acknowledged, and another one that was on its way.
  private func spool() throws -> (acknowledged: DumpSource, other: DumpSource, line: [UInt8]) {
    let spool = try SpoolFolder(path: folder.path)
    let acknowledged = try spool.append(dump: dump, start: start)
    let other = try spool.append(
      dump: dump,
      start: Timestamp(nanoseconds: start.nanoseconds + 1),
      labels: ["endpoint": "search"]
    )
    let entry = try #require(other.entry)
    let index = try RegularFile.read(folder("index.jsonl"))
    try folder.write("index.jsonl", index.dropLast(entry.line.count))
    return (acknowledged, other, entry.line)
  }

  /// Appends a dump by a writer of its own, as a new process would; returns the catalog.
  private func appended() throws -> (source: DumpSource, catalog: DumpCatalog) {
    let source = try SpoolFolder(path: folder.path).append(dump: dump, start: start)
    return (source, DumpCatalog(paths: [folder.path]))
  }

  private func write(line: some Sequence<UInt8>) throws {
    try folder.write("index.jsonl", RegularFile.read(folder("index.jsonl")) + line)
  }

  @Test(arguments: [0, 1, 10, 1_000])
  func `a part of a dump is not read, and is replaced`(_ length: Int) throws {
    let (acknowledged, other, _) = try spool()
    try FileManager.default.removeItem(atPath: other.path)
    try folder.write("new.tmp", dump.prefix(length))
    #expect(DumpCatalog(paths: [folder.path]).sources == [acknowledged])
    let (source, catalog) = try appended()
    #expect(catalog.sources == [acknowledged, source])
    #expect(catalog.failures == [])
    #expect(!FileManager.default.fileExists(atPath: folder("new.tmp")))
  }

  @Test func `a dump of the first writer without a line is not read`() throws {
    _ = try SpoolFolder(path: folder.path)
    try folder.write("20260105T090000.000000000Z-1-0.prof", dump)
    #expect(DumpCatalog(paths: [folder.path]).sources == [])
    let (source, catalog) = try appended()
    #expect(catalog.sources == [source])
  }

  @Test func `a dump without a line is not read, counts, and goes when it is the oldest`() throws {
    let (acknowledged, other, _) = try spool()
    #expect(DumpCatalog(paths: [folder.path]).sources == [acknowledged])
    let (source, catalog) = try appended()
    #expect(catalog.sources == [acknowledged, source])
    #expect(FileManager.default.fileExists(atPath: other.path))

    let limited = try SpoolFolder(path: folder.path, limit: 3 * dump.count)
    try limited.append(dump: dump, start: .lastStart)
    #expect(limited.droppedDumps == 2)
    for _ in 0..<2 { try limited.append(dump: dump, start: .lastStart) }
    #expect(limited.droppedDumps == 4)
    #expect(!FileManager.default.fileExists(atPath: other.path))
  }

  @Test func `a torn line at any byte leaves the next line whole`() throws {
    let (acknowledged, _, line) = try spool()
    let index = try RegularFile.read(folder("index.jsonl"))
    for length in 1..<line.count {
      try folder.write("index.jsonl", index + line.prefix(length))
      let (source, catalog) = try appended()
      // Only the line feed is missing from the longest part: that line is whole.
      let isWhole = length == line.count - 1
      #expect(catalog.sources.count == (isWhole ? 3 : 2))
      #expect(catalog.sources.first == acknowledged)
      #expect(catalog.sources.last == source)
      #expect(catalog.failures.count == (isWhole ? 0 : 1))
      let isSecond =
        if case .line(2, _)? = catalog.failures.first?.code { true } else { isWhole }
      #expect(isSecond)
    }
  }

  @Test func `a torn line does not stop a writer that was there before`() throws {
    let spool = try SpoolFolder(path: folder.path, limit: 3 * dump.count)
    let first = try spool.append(dump: dump, start: start)
    try write(line: #"{"file":"#.utf8)
    let second = try spool.append(dump: dump, start: start)
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(catalog.sources == [first, second])
    #expect(catalog.failures.count == 1)
    // Also when room is made: the torn line is kept, and apart.
    for _ in 0..<3 { try spool.append(dump: dump, start: start) }
    let later = DumpCatalog(paths: [folder.path])
    #expect(spool.droppedDumps > 0)
    #expect(later.failures.count == 1)
    #expect(later.sources.allSatisfy { (try? RegularFile.read($0.path)) == dump })
  }

  @Test func `a part of a new index is not read, and the old one holds`() throws {
    let (acknowledged, other, line) = try spool()
    try write(line: line)
    try folder.write("new.tmp", line.prefix(20))
    #expect(DumpCatalog(paths: [folder.path]).sources == [acknowledged, other])
    let (source, catalog) = try appended()
    #expect(catalog.sources == [acknowledged, other, source])
  }

  @Test func `dumps that a new index no longer names are removed by the next writer`() throws {
    let (acknowledged, _, line) = try spool()
    // The line of the first dump is gone, the dump is not.
    try folder.write("index.jsonl", line)
    let spool = try SpoolFolder(path: folder.path, limit: 2 * dump.count)
    try spool.append(dump: dump, start: .lastStart)
    #expect(!FileManager.default.fileExists(atPath: acknowledged.path))
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(catalog.failures == [])
    #expect(catalog.sources.allSatisfy { (try? RegularFile.read($0.path)) == dump })
  }
}
