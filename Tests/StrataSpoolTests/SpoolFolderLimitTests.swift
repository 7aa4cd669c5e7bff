// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import Testing

struct SpoolFolderLimitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func dump(_ size: Int) -> [UInt8] { Array(repeating: 7, count: size) }

  private func time(_ second: Int64) -> Timestamp {
    Timestamp(nanoseconds: second * 1_000_000_000)
  }

  /// The seconds at which the dumps of the index start, in its order.
  private func seconds() throws -> [Int64] {
    let catalog = DumpCatalog(paths: [folder.path])
    for source in catalog.sources { _ = try RegularFile.read(source.path) }
    return catalog.sources.compactMap { $0.entry.map { $0.start.nanoseconds / 1_000_000_000 } }
  }

  private func dumpCount() throws -> Int {
    try RegularFile.names(inFolder: folder.path).count { $0.hasSuffix(".prof") }
  }

  @Test func `the oldest dumps go until nine tenths are enough`() throws {
    let spool = try SpoolFolder(path: folder.path, limit: 1_000)
    // The index is not in order of time.
    for second in [5, 1, 4, 2, 3, 9, 8, 6, 7, 10] as [Int64] {
      try spool.append(dump: dump(100), start: time(second))
    }
    #expect(spool.droppedDumps == 0)
    try spool.append(dump: dump(150), start: time(11))
    // 1,150 bytes have to become 900 at most.
    #expect(try seconds() == [5, 4, 9, 8, 6, 7, 10, 11])
    #expect(spool.droppedDumps == 3)
    #expect(try dumpCount() == 8)
    // Room is made once for several dumps; a dump that started first may itself be the next to go.
    try spool.append(dump: dump(150), start: time(0))
    #expect(spool.droppedDumps == 3)
    try spool.append(dump: dump(100), start: time(12))
    #expect(try seconds() == [5, 9, 8, 6, 7, 10, 11, 12].filter { $0 > 4 })
    #expect(spool.droppedDumps == 5)
  }

  @Test func `a dump larger than the limit is refused, one as large as it takes all`() throws {
    let spool = try SpoolFolder(path: folder.path, limit: 100)
    for second in 1...3 as ClosedRange<Int64> {
      try spool.append(dump: dump(30), start: time(second))
    }
    let error = caught { () throws(SpoolError) in
      _ = try spool.append(dump: dump(101), start: time(4))
    }
    #expect(error == SpoolError(path: folder.path, .dumpTooLarge(size: 101, limit: 100)))
    #expect(
      error?.description == "\(folder.path): expected a dump of at most 100 bytes, found 101"
    )
    #expect(try seconds() == [1, 2, 3])
    try spool.append(dump: dump(100), start: time(5))
    #expect(try seconds() == [5])
    #expect(spool.droppedDumps == 3)
  }

  @Test(arguments: [0, -1, Int.min])
  func `a limit that nothing fits in refuses every dump`(_ limit: Int) throws {
    let spool = try SpoolFolder(path: folder.path, limit: limit)
    let error = caught { () throws(SpoolError) in
      _ = try spool.append(dump: dump(1), start: time(1))
    }
    #expect(error?.code == .dumpTooLarge(size: 1, limit: limit))
  }

  @Test func `lines that cannot be read, or that name other folders, stay as they are`() throws {
    try folder.write("sub/old.prof", dump(500))
    let kept = [
      "nonsense", #"{"file":"sub/old.prof","timestamp":0}"#, " \t",
      #"{"file":"../up","timestamp":0}"#,
      #"{"file":"index.jsonl","timestamp":0}"#, #"{"file":"x.prof","#,
    ]
    try folder.write("index.jsonl", kept.joined(separator: "\n").utf8)
    let spool = try SpoolFolder(path: folder.path, limit: 100)
    for second in 1...4 as ClosedRange<Int64> {
      try spool.append(dump: dump(40), start: time(second))
    }
    #expect(spool.droppedDumps == 2)
    let index = String(decoding: try RegularFile.read(folder("index.jsonl")), as: UTF8.self)
    let lines = index.split(separator: "\n").map(String.init)
    #expect(Array(lines.prefix(kept.count)) == kept)
    #expect(lines.count == kept.count + 2)
    #expect(try RegularFile.read(folder("sub/old.prof")).count == 500)
  }

  @Test func `dumps that were there before count, and go with every line that names them`() throws {
    try folder.write("a.bin", dump(60))
    try folder.write("unnamed.prof", dump(1_000))
    let lines = [
      #"{"file":"a.bin","timestamp":1}"#, #"{"file":"gone.prof","timestamp":0}"#,
      #"{"file":"a.bin","timestamp":5}"#,
    ]
    try folder.write("index.jsonl", lines.map { $0 + "\n" }.joined().utf8)
    let spool = try SpoolFolder(path: folder.path, limit: 100)
    try spool.append(dump: dump(40), start: time(3))
    #expect(spool.droppedDumps == 0)
    // What a.bin holds began at 5, so that 3 is older.
    try spool.append(dump: dump(10), start: time(6))
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(catalog.sources.map(\.entry?.start) == [time(1), time(5), time(6)])
    #expect(spool.droppedDumps == 1)
    try spool.append(dump: dump(90), start: time(7))
    #expect(try seconds() == [7])
    #expect(spool.droppedDumps == 3)
    #expect(try RegularFile.read(folder("unnamed.prof")).count == 1_000)
  }

  @Test func `two spellings of a name are two dumps`() throws {
    for name in ["\u{e9}.prof", "e\u{301}.prof"] { try folder.write(name, dump(40)) }
    let lines = [
      "{\"file\":\"\u{e9}.prof\",\"timestamp\":1}\n",
      "{\"file\":\"e\u{301}.prof\",\"timestamp\":2}\n",
    ]
    try folder.write("index.jsonl", lines.joined().utf8)
    let spool = try SpoolFolder(path: folder.path, limit: 100)
    try spool.append(dump: dump(40), start: time(3))
    #expect(try seconds() == [2, 3])
    #expect(spool.droppedDumps == 1)
  }

  @Test func `dumps that others took away make room`() throws {
    let spool = try SpoolFolder(path: folder.path, limit: 100)
    let first = try spool.append(dump: dump(50), start: time(1))
    try spool.append(dump: dump(50), start: time(2))
    try FileManager.default.removeItem(atPath: first.path)
    try spool.append(dump: dump(50), start: time(3))
    #expect(spool.droppedDumps == 0)
    #expect(DumpCatalog(paths: [folder.path]).sources.count == 3)
  }

  @Test func `a writer knows what another one added and removed`() throws {
    let left = try SpoolFolder(path: folder.path, limit: 100)
    let right = try SpoolFolder(path: folder.path, limit: 100)
    for second in 1...20 as ClosedRange<Int64> {
      try (second % 3 == 0 ? left : right).append(dump: dump(30), start: time(second))
    }
    #expect(try seconds() == [18, 19, 20])
    #expect(left.droppedDumps + right.droppedDumps == 17)
    #expect(try dumpCount() == 3)
  }

  @Test func `the index keeps its permissions`() throws {
    let spool = try SpoolFolder(path: folder.path, limit: 100)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o662],
      ofItemAtPath: folder("index.jsonl")
    )
    for second in 1...5 as ClosedRange<Int64> {
      try spool.append(dump: dump(50), start: time(second))
    }
    #expect(spool.droppedDumps > 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder("index.jsonl"))
    #expect(attributes[.posixPermissions] as? Int == 0o662)
  }
}
