// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import StrataTesting
import Testing

struct SpoolFolderTests {
  private let folder: TemporaryFolder
  private let dump = Marshal.dict(Marshal.key(), Marshal.entry())
  private let start = Timestamp(nanoseconds: 1_767_603_600_771_000_000)

  init() throws {
    folder = try TemporaryFolder()
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  // MARK: - What is written

  @Test func `what was appended is found by the catalog, with all that was said of it`() throws {
    let spool = try SpoolFolder(path: folder("deep/spool"))
    let full = try spool.append(
      dump: dump,
      start: start,
      duration: .milliseconds(2_500),
      labels: ["endpoint": "search", "input": "a \"quoted\" é\n"],
      kind: .sampled,
      clock: .cpu,
      weight: try #require(Weight(decimal: "2.5")),
      id: "abc"
    )
    let plain = try spool.append(dump: dump, start: Timestamp(nanoseconds: -1))
    let catalog = DumpCatalog(paths: [folder("deep/spool")])
    #expect(catalog.failures == [])
    #expect(catalog.sources == [full, plain])

    let record = try full.capture(defaults: DumpDefaults())
    #expect((record.start, record.duration) == (start, .milliseconds(2_500)))
    #expect((record.timeSource, record.kind, record.clock) == (.index, .sampled, .cpu))
    #expect(record.labels == ["endpoint": "search", "input": "a \"quoted\" é\n"])
    #expect(record.weight == Weight(decimal: "2.5"))
    #expect(record.id == ProfileID(given: "abc"))
    #expect(try Array(PstatsDump(dump).profile.functions) == Array(record.profile.functions))
    let other = try plain.capture(defaults: DumpDefaults())
    #expect((other.kind, other.clock, other.weight, other.duration) == (.traced, .wall, .one, nil))
    #expect(other.id == ProfileID(dump: dump, start: other.start, labels: [:]))
  }

  /// What no index may say, and stores of older versions may hold.
  private static let refused: [(SpoolEntry, String)] = [
    (
      SpoolEntry(file: "", start: Timestamp(nanoseconds: .max)),
      "timestamp: expected a start from 1700-01-01T00:00:00Z to 2200-01-01T00:00:00Z, "
        + "found '9223372036.854775807'"
    ),
    (
      SpoolEntry(file: "", start: .firstStart, duration: .nanoseconds(-1)),
      "duration: expected 0 or more seconds, and an end before 2262-04-12, found '-0.000000001'"
    ),
    (
      SpoolEntry(
        file: "",
        start: .firstStart,
        labels: Labels((0..<65).map { Labels.Label(key: "\($0)", value: "") })
      ),
      "labels: expected at most 64, found 65"
    ),
    (
      SpoolEntry(file: "", start: .firstStart, labels: ["": ""]),
      "label '': expected a key of 1 to 200 bytes, found 0 bytes"
    ),
    (
      SpoolEntry(
        file: "",
        start: .firstStart,
        labels: ["k": String(repeating: "v", count: 1 << 16)]
      ),
      // The name of the dump, which the line has as well, depends on the process.
      "expected at most 65536 bytes, found 656"
    ),
  ]

  @Test(arguments: 0..<refused.count)
  func `what no import would take is not appended`(_ number: Int) throws {
    let (entry, reason) = Self.refused[number]
    let spool = try SpoolFolder(path: folder.path)
    let error = caught { () throws(SpoolError) in
      try spool.append(
        dump: dump,
        start: entry.start,
        duration: entry.duration,
        labels: entry.labels
      )
    }
    guard case .entry(let refusal)? = error?.code else {
      Issue.record("expected a refusal, found \(String(describing: error))")
      return
    }
    #expect(refusal.description.hasPrefix(reason))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
    #expect(try folder.text("index.jsonl") == "")
  }

  @Test(arguments: ["", " \n"])
  func `an id that tells nothing is not appended`(_ id: String) throws {
    let spool = try SpoolFolder(path: folder.path)
    #expect(throws: SpoolError.self) { try spool.append(dump: dump, start: .firstStart, id: id) }
    #expect(try folder.text("index.jsonl") == "")
  }

  @Test(arguments: 0..<refused.count)
  func `an export keeps it all the same, says why, and the import says so too`(
    _ number: Int
  ) throws {
    let (entry, reason) = Self.refused[number]
    let spool = try SpoolFolder(path: folder.path)
    let record = Capture(
      id: ProfileID(given: "old"),
      start: entry.start,
      duration: entry.duration,
      labels: entry.labels,
      profile: StatsProfile()
    )
    let (source, refusal) = try spool.export(record)
    #expect(try PstatsDump(RegularFile.read(source.path)).profile.rows.isEmpty)
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(catalog.sources == [])
    #expect(catalog.failures.count == 1)
    guard case .line(1, let found)? = catalog.failures.first?.code else {
      Issue.record("expected a refused line, found \(catalog.failures)")
      return
    }
    if reason.hasPrefix("expected") {
      // The exact number needs the whole line, which is not read.
      #expect(refusal?.description.hasPrefix("expected at most 65536 bytes, found ") == true)
      #expect(found == "expected at most 65536 bytes, found more")
    } else {
      #expect(refusal?.description == reason)
      #expect(found == reason)
    }
  }

  @Test(
    arguments: [
      (1_767_603_600_771_000_000, "20260105T090000.771000000Z"),
      (1_767_603_600_000_000_000, "20260105T090000.000000000Z"),
      (-1, "19691231T235959.999999999Z"),
      (Timestamp.lastStart.nanoseconds, "22000101T000000.000000000Z"),
      (Timestamp.firstStart.nanoseconds, "17000101T000000.000000000Z"),
    ] as [(Int64, String)]
  )
  func `the name of a dump tells its start, its process and its number`(
    _ nanoseconds: Int64,
    _ time: String
  ) throws {
    let spool = try SpoolFolder(path: folder.path)
    for number in 0...1 {
      let source = try spool.append(dump: dump, start: Timestamp(nanoseconds: nanoseconds))
      let name = "\(time)-\(ProcessInfo.processInfo.processIdentifier)-\(number).prof"
      #expect(source.path == folder(name))
      #expect(Timestamp(fileName: name) == Timestamp(nanoseconds: nanoseconds))
    }
  }

  @Test func `a folder is opened again, and names are not used twice`() throws {
    for _ in 0..<3 {
      try SpoolFolder(path: folder.path + "/").append(dump: dump, start: start)
    }
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(catalog.failures == [])
    #expect(Set(catalog.sources.map(\.path)).count == 3)
    #expect(catalog.sources.allSatisfy { (try? RegularFile.read($0.path)) == dump })
    #expect(try names().count == 5)
  }

  @Test func `an empty folder has an index, so that no dump is read without its line`() throws {
    _ = try SpoolFolder(path: folder.path)
    #expect(try RegularFile.read(folder("index.jsonl")) == [])
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(catalog.failures == [FileError(path: folder.path, .noDumps)])
  }

  // MARK: - What is refused

  private func error(_ body: () throws(SpoolError) -> Void) -> SpoolError? { caught(body) }

  @Test func `a file is no folder, and a folder is no index`() throws {
    let file = try folder.write("file", [])
    let error = error { () throws(SpoolError) in _ = try SpoolFolder(path: file) }
    #expect(error == SpoolError(path: file, .notFolder))
    #expect(error?.description == "\(file): expected a folder, found a file")
    let below = self.error { () throws(SpoolError) in _ = try SpoolFolder(path: file + "/spool") }
    #expect(
      below?.description == "\(file)/spool: cannot create the folder: not a directory"
    )
    let empty = self.error { () throws(SpoolError) in _ = try SpoolFolder(path: "") }
    #expect(empty?.code == .system(.createFolder, errno: ENOENT))
    try folder.makePipe("index.jsonl")
    let pipe = self.error { () throws(SpoolError) in _ = try SpoolFolder(path: folder.path) }
    #expect(pipe == SpoolError(path: folder("index.jsonl"), .notRegular))
  }

  private func setPermissions(_ name: String, _ permissions: Int) throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: permissions],
      ofItemAtPath: folder(name)
    )
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func `a folder that is not writable names the reason`() throws {
    _ = try SpoolFolder(path: folder("open"))
    let spool = try SpoolFolder(path: folder("shut"))
    for name in ["open", "shut"] { try setPermissions(name, 0o500) }
    defer { for name in ["open", "shut"] { try? setPermissions(name, 0o700) } }
    let error = error { () throws(SpoolError) in _ = try spool.append(dump: dump, start: start) }
    #expect(error?.description == "\(folder("shut/new.tmp")): cannot open: permission denied")
    let below = self.error { () throws(SpoolError) in
      _ = try SpoolFolder(path: folder("open/below"))
    }
    #expect(below?.code == .system(.createFolder, errno: EACCES))
    #expect(try RegularFile.read(folder("shut/index.jsonl")) == [])
  }

  @Test(arguments: [
    (ENOSPC, "no space left on device"), (EACCES, "permission denied"),
    (EROFS, "read-only file system"),
  ])
  func `reasons of the system name themselves`(_ errno: Int32, _ reason: String) {
    let error = SpoolError(path: "a/new.tmp", .system(.write, errno: errno))
    #expect(error.description == "a/new.tmp: cannot write: \(reason)")
  }

  @Test func `a folder that is gone is an error, and is not made again`() throws {
    let spool = try SpoolFolder(path: folder("spool"))
    try FileManager.default.removeItem(atPath: folder("spool"))
    let error = error { () throws(SpoolError) in _ = try spool.append(dump: dump, start: start) }
    #expect(error?.code == .system(.open, errno: ENOENT))
    #expect(try names() == [])
  }

  @Test func `an index that is too large for its readers is refused`() throws {
    try folder.write("index.jsonl", [])
    let file = try #require(FileHandle(forWritingAtPath: folder("index.jsonl")))
    try file.truncate(atOffset: UInt64(RegularFile.defaultLimit) + 1)
    let error = error { () throws(SpoolError) in _ = try SpoolFolder(path: folder.path) }
    #expect(error == SpoolError(path: folder("index.jsonl"), .system(.read, errno: EFBIG)))
  }

  @Test func `what the index could not say is refused, and nothing is stored`() throws {
    let spool = try SpoolFolder(path: folder.path)
    let long = Duration.seconds(10_000_000_000)
    let error = error { () throws(SpoolError) in
      _ = try spool.append(dump: dump, start: start, duration: long)
    }
    #expect(
      error?.code.entryReason
        == "duration: expected seconds as a decimal string, found '10000000000'"
    )
    #expect(try names() == ["index.jsonl", "index.jsonl.lock"])
  }

  @Test func `an append that fails leaves nothing, and the next one is whole`() throws {
    let spool = try SpoolFolder(path: folder.path)
    try spool.append(dump: dump, start: start)
    let index = try RegularFile.read(folder("index.jsonl"))
    // What cannot be removed stands where the dump is to be written.
    try folder.write("new.tmp/file", [])
    let before = try names()
    let error = error { () throws(SpoolError) in _ = try spool.append(dump: dump, start: start) }
    #expect(error?.path == folder("new.tmp"))
    #expect(try RegularFile.read(folder("index.jsonl")) == index)
    #expect(try names() == before)
    try FileManager.default.removeItem(atPath: folder("new.tmp"))
    try spool.append(dump: dump, start: start)
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(catalog.failures == [])
    #expect(catalog.sources.count == 2)
  }

  // MARK: - Several writers

  /// Runs on a thread of its own: tasks that wait for the disk would take turns.
  private static func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
  }

  @Test(arguments: [Int.max, 2_000])
  func `writers in several threads lose no line`(_ limit: Int) async throws {
    let path = folder.path
    let (bytes, count) = (Array(repeating: UInt8(7), count: 100), 60)
    let spools = try (0..<2).map { _ in try SpoolFolder(path: path, limit: limit) }
    try await withThrowingTaskGroup { group in
      // The first writer is shared by two threads.
      for thread in 0..<3 {
        group.addTask {
          try await Self.onThread {
            for number in 0..<count {
              try spools[max(0, thread - 1)].append(
                dump: bytes,
                start: Timestamp(nanoseconds: Int64(number)),
                labels: ["thread": "\(thread)", "number": "\(number)"]
              )
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let catalog = DumpCatalog(paths: [path])
    #expect(catalog.failures == [])
    #expect(catalog.sources.allSatisfy { (try? RegularFile.read($0.path)) == bytes })
    #expect(Set(catalog.sources.compactMap(\.entry?.labels)).count == catalog.sources.count)
    let dropped = spools.reduce(0) { $0 + $1.droppedDumps }
    #expect(catalog.sources.count + dropped == 3 * count)
    #expect(try names().count == catalog.sources.count + 2)
    #expect(limit == .max ? dropped == 0 : (18...20).contains(catalog.sources.count))
  }
}

extension SpoolError.Code {
  fileprivate var entryReason: String? {
    if case .entry(let error) = self { error.description } else { nil }
  }
}
