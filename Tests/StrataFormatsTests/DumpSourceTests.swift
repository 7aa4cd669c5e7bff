// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataFormats
import StrataTestSupport
import Testing

struct DumpSourceTests {
  private let folder: TemporaryFolder
  private let bytes = Marshal.dict(Marshal.key(), Marshal.entry())

  init() throws {
    folder = try TemporaryFolder()
  }

  private func source(_ name: String, _ entry: String? = nil) throws -> DumpSource {
    let path = try folder.write(name, bytes)
    try folder.setModified(name, Date(timeIntervalSince1970: 1_000))
    return DumpSource(
      path: path,
      entry: try entry.map { try SpoolEntry(line: Array($0.utf8)[...]) }
    )
  }

  @Test
  func `the start is that of the index, else the one given, else in the name, else the file's`()
    throws
  {
    let given = DumpDefaults(start: Timestamp(nanoseconds: 7))
    let index = try source("1767603600.prof", #"{"file":"x","timestamp":"5"}"#).record(
      defaults: given
    )
    #expect(index.start.nanoseconds == 5_000_000_000)
    #expect(index.timeSource == .index)
    let option = try source("1767603600.prof").record(defaults: given)
    #expect(option.start.nanoseconds == 7)
    #expect(option.timeSource == .given)
    let name = try source("1767603600.prof").record(defaults: DumpDefaults())
    #expect(name.start.nanoseconds == 1_767_603_600_000_000_000)
    #expect(name.timeSource == .name)
    let file = try source("a.prof").record(defaults: DumpDefaults())
    #expect(file.start.nanoseconds == 1_000_000_000_000)
    #expect(file.timeSource == .modification)
  }

  @Test
  func `a modification time is the end of the capture`() throws {
    let record = try source("a.prof").record(defaults: DumpDefaults(duration: .milliseconds(1_500)))
    #expect(record.start.nanoseconds == 998_500_000_000)
    #expect(record.duration == .milliseconds(1_500))
  }

  @Test
  func `only folders with a time in their name tell none`() throws {
    try folder.write("1767603600/a.prof", bytes)
    let record = try DumpSource(path: folder("1767603600/a.prof")).record(defaults: DumpDefaults())
    #expect(record.timeSource == .modification)
  }

  @Test(arguments: [Int64.max, .min, -9_000_000_000_000_000_000])
  func `no duration makes the start trap`(_ duration: Int64) throws {
    let record = try source("a.prof").record(
      defaults: DumpDefaults(duration: .nanoseconds(duration))
    )
    let start = Int64(clamping: Int128(1_000_000_000_000) - Int128(duration))
    #expect(record.start.nanoseconds == start)
  }

  @Test
  func `labels of the index hold against those given, and those against the path's`() throws {
    let defaults = DumpDefaults(
      labels: ["b": "given", "c": "given"],
      pathLabels: PathLabels("{a}/{b}/{c}")
    )
    let entry = #"{"file":"x","timestamp":1,"labels":{"c":"index","d":"index"}}"#
    let record = try source("1/2/3", entry).record(defaults: defaults)
    #expect(record.labels == ["a": "1", "b": "given", "c": "index", "d": "index"])
  }

  @Test
  func `a path that does not fit the pattern is an error`() throws {
    let source = try source("a.prof")
    let defaults = DumpDefaults(pathLabels: PathLabels("{a}.pstats"))
    let error = caught { () throws(InputError) in _ = try source.record(defaults: defaults) }
    #expect(error == InputError(path: source.path, .pathLabels(pattern: "{a}.pstats")))
  }

  @Test
  func `the identity depends on dump, start and labels alone`() throws {
    let entry = #"{"file":"x","timestamp":"1.5","labels":{"a":"1"}}"#
    let one = try source("one.prof", entry).record(defaults: DumpDefaults())
    let two = try source("two.prof", entry).record(
      defaults: DumpDefaults(kind: .rounded, clock: .cpu)
    )
    #expect(one.id == two.id)
    #expect(
      one.id
        == ProfileID(dump: bytes, start: Timestamp(nanoseconds: 1_500_000_000), labels: ["a": "1"])
    )
    let other = try source("one.prof", entry).record(defaults: DumpDefaults(labels: ["b": "2"]))
    #expect(other.id != one.id)
    let given = try source("one.prof", #"{"file":"x","timestamp":1,"id":"abc"}"#)
    #expect(try given.record(defaults: DumpDefaults()).id == ProfileID(given: "abc"))
  }

  @Test
  func
    `kind, clock, weight and duration come from the index, else from what is given, else the dump`()
    throws
  {
    let plain = try source("a.prof").record(defaults: DumpDefaults())
    #expect((plain.kind, plain.clock, plain.weight, plain.duration) == (.traced, .wall, .one, nil))
    let defaults = DumpDefaults(duration: .seconds(1), kind: .rounded, clock: .cpu)
    let given = try source("a.prof").record(defaults: defaults)
    #expect((given.kind, given.clock, given.duration) == (.rounded, .cpu, .seconds(1)))
    let entry =
      #"{"file":"x","timestamp":1,"kind":"sampled","clock":"wall","weight":2,"duration":3}"#
    let index = try source("a.prof", entry).record(defaults: defaults)
    #expect((index.kind, index.clock, index.duration) == (.sampled, .wall, .seconds(3)))
    #expect(index.weight == Weight(decimal: "2"))
  }

  @Test
  func `a missing or bad dump names its file`() throws {
    let missing = DumpSource(path: folder("absent.prof"))
    let absent = caught { () throws(InputError) in _ = try missing.record(defaults: DumpDefaults())
    }
    #expect(absent == InputError(path: missing.path, .notFound))
    let bad = DumpSource(path: try folder.write("bad.prof", [0x7b]))
    let error = caught { () throws(InputError) in _ = try bad.dump() }
    #expect(error?.path == bad.path)
    guard case .dump(let reason) = error?.code else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.code == .truncated)
  }
}
