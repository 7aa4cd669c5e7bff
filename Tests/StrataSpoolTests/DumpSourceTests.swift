// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import StrataTesting
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
    let index = try source("1767603600.prof", #"{"file":"x","timestamp":"5"}"#).capture(
      defaults: given
    )
    #expect(index.start.nanoseconds == 5_000_000_000)
    #expect(index.timeSource == .index)
    let option = try source("1767603600.prof").capture(defaults: given)
    #expect(option.start.nanoseconds == 7)
    #expect(option.timeSource == .given)
    let name = try source("1767603600.prof").capture(defaults: DumpDefaults())
    #expect(name.start.nanoseconds == 1_767_603_600_000_000_000)
    #expect(name.timeSource == .name)
    let file = try source("a.prof").capture(defaults: DumpDefaults())
    #expect(file.start.nanoseconds == 1_000_000_000_000)
    #expect(file.timeSource == .modification)
  }

  @Test
  func `a modification time is the end of the capture`() throws {
    let record = try source("a.prof").capture(
      defaults: DumpDefaults(duration: .milliseconds(1_500))
    )
    #expect(record.start.nanoseconds == 998_500_000_000)
    #expect(record.duration == .milliseconds(1_500))
  }

  @Test
  func `only folders with a time in their name tell none`() throws {
    try folder.write("1767603600/a.prof", bytes)
    let record = try DumpSource(path: folder("1767603600/a.prof")).capture(defaults: DumpDefaults())
    #expect(record.timeSource == .modification)
  }

  /// Why a record of a source is refused, if it is for what is said of it.
  private func refusal(_ source: DumpSource, _ defaults: DumpDefaults) -> CaptureError? {
    let error = caught { () throws(FileError) in _ = try source.capture(defaults: defaults) }
    guard case .record(let reason)? = error?.code else { return nil }
    #expect(error?.description == "\(source.path): \(reason)")
    return reason
  }

  @Test(arguments: [Int64.max, .min, -1])
  func `a duration that no capture has is refused, whatever tells the start`(
    _ duration: Int64
  ) throws {
    let defaults = DumpDefaults(duration: .nanoseconds(duration))
    for source in [try source("a.prof"), try source("1767603600.prof")] {
      let code = try #require(refusal(source, defaults)).code
      #expect([.durationOutOfRange, .startOutOfRange].contains(code))
    }
  }

  @Test func `starts outside of 1700 to 2200 are refused, whatever tells them`() throws {
    let late = Timestamp(nanoseconds: Timestamp.lastStart.nanoseconds + 1)
    let given = refusal(try source("a.prof"), DumpDefaults(start: late))
    #expect(
      given?.description == "start: expected a time from 1700-01-01T00:00:00Z to "
        + "2200-01-01T00:00:00Z, found 2200-01-01T00:00:00.000000001Z"
    )
    var source = try source("a.prof")
    source.entry = SpoolEntry(file: "a.prof", start: Timestamp(nanoseconds: .min))
    #expect(refusal(source, DumpDefaults())?.code == .startOutOfRange)
    source.entry?.start = .firstStart
    #expect(try source.capture(defaults: DumpDefaults()).start == .firstStart)
  }

  @Test func `a modification time is the start only where a capture may have it`() throws {
    let source = try source("a.prof")
    try folder.setModified("a.prof", Date(timeIntervalSince1970: 7_258_118_401))
    let late = refusal(source, DumpDefaults())
    #expect(late?.code == .startOutOfRange)
    #expect(late?.description.hasPrefix("start (from the modification time): expected") == true)
    try folder.setModified("a.prof", Date(timeIntervalSince1970: 0))
    #expect(try source.capture(defaults: DumpDefaults()).start.nanoseconds == 0)
    let long = DumpDefaults(duration: .seconds(8_520_336_001))
    #expect(refusal(source, long)?.code == .startOutOfRange)
  }

  @Test func `labels of all sources together are no more than a capture may have`() throws {
    func labels(_ prefix: String, _ count: Int) -> Labels {
      Labels((0..<count).map { Labels.Label(key: "\(prefix)\($0)", value: "") })
    }
    var source = try source("a.prof")
    source.entry = SpoolEntry(file: "a.prof", start: .firstStart, labels: labels("i", 32))
    #expect(
      try source.capture(defaults: DumpDefaults(labels: labels("g", 32))).labels.pairs.count == 64
    )
    #expect(
      try source.capture(defaults: DumpDefaults(labels: labels("i", 64))).labels.pairs.count == 64
    )
    let reason = refusal(source, DumpDefaults(labels: labels("g", 33)))?.description
    #expect(reason == "labels: expected at most 64, found 65")
  }

  @Test
  func `labels of the index hold against those given, and those against the path's`() throws {
    let defaults = DumpDefaults(
      labels: ["b": "given", "c": "given"],
      pathLabels: try PathLabels("{a}/{b}/{c}")
    )
    let entry = #"{"file":"x","timestamp":1,"labels":{"c":"index","d":"index"}}"#
    let record = try source("1/2/3", entry).capture(defaults: defaults)
    #expect(record.labels == ["a": "1", "b": "given", "c": "index", "d": "index"])
  }

  @Test
  func `a path that does not fit the pattern is an error`() throws {
    let source = try source("a.prof")
    let defaults = DumpDefaults(pathLabels: try PathLabels("{a}.pstats"))
    let error = caught { () throws(FileError) in _ = try source.capture(defaults: defaults) }
    #expect(error == FileError(path: source.path, .pathLabels(pattern: "{a}.pstats")))
  }

  @Test
  func `the identity depends on dump, start and labels alone`() throws {
    let entry = #"{"file":"x","timestamp":"1.5","labels":{"a":"1"}}"#
    let one = try source("one.prof", entry).capture(defaults: DumpDefaults())
    let two = try source("two.prof", entry).capture(
      defaults: DumpDefaults(kind: .rounded, clock: .cpu)
    )
    #expect(one.id == two.id)
    #expect(
      one.id
        == ProfileID(dump: bytes, start: Timestamp(nanoseconds: 1_500_000_000), labels: ["a": "1"])
    )
    let other = try source("one.prof", entry).capture(defaults: DumpDefaults(labels: ["b": "2"]))
    #expect(other.id != one.id)
    let given = try source("one.prof", #"{"file":"x","timestamp":1,"id":"abc"}"#)
    #expect(try given.capture(defaults: DumpDefaults()).id == ProfileID(given: "abc"))
  }

  @Test
  func
    `kind, clock, weight and duration come from the index, else from what is given, else the dump`()
    throws
  {
    let plain = try source("a.prof").capture(defaults: DumpDefaults())
    #expect((plain.kind, plain.clock, plain.weight, plain.duration) == (.traced, .wall, .one, nil))
    let defaults = DumpDefaults(duration: .seconds(1), kind: .rounded, clock: .cpu)
    let given = try source("a.prof").capture(defaults: defaults)
    #expect((given.kind, given.clock, given.duration) == (.rounded, .cpu, .seconds(1)))
    let entry =
      #"{"file":"x","timestamp":1,"kind":"sampled","clock":"wall","weight":2,"duration":3}"#
    let index = try source("a.prof", entry).capture(defaults: defaults)
    #expect((index.kind, index.clock, index.duration) == (.sampled, .wall, .seconds(3)))
    #expect(index.weight == Weight(decimal: "2"))
  }

  @Test
  func `a missing or bad dump names its file`() throws {
    let missing = DumpSource(path: folder("absent.prof"))
    let absent = caught { () throws(FileError) in _ = try missing.capture(defaults: DumpDefaults())
    }
    #expect(absent == FileError(path: missing.path, .notFound))
    let bad = DumpSource(path: try folder.write("bad.prof", [0x7b]))
    let error = caught { () throws(FileError) in _ = try bad.capture() }
    #expect(error?.path == bad.path)
    guard case .format(let reason) = error?.code else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.code == .truncated)
  }
}
