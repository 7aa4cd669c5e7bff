// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import Synchronization
import Testing

struct DumpFollowerTests {
  private let folder: TemporaryFolder
  private let follower: DumpFollower

  init() throws {
    folder = try TemporaryFolder()
    follower = DumpFollower(folder: folder.path)
  }

  private func line(_ file: String, _ second: Int) -> String {
    #"{"file":"\#(file)","timestamp":\#(second)}"# + "\n"
  }

  /// Writes an index in the place of the one that is there, as a writer does that makes room.
  private func replaceIndex(_ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder("index.jsonl")), options: .atomic)
  }

  private func append(_ text: String) throws {
    let index = try FileHandle(forWritingTo: URL(filePath: folder("index.jsonl")))
    try index.seekToEnd()
    try index.write(contentsOf: Data(text.utf8))
    try index.close()
  }

  /// The names that a look finds, and the reasons of what fails.
  private func news(isLast: Bool = false) -> [String] {
    follower.look(isLast: isLast).map { found in
      switch found {
      case .success(let source): String(source.path.dropFirst(folder.path.count + 1))
      case .failure(let error): error.description.replacing(folder.path + "/", with: "")
      }
    }
  }

  @Test func `each line is taken once, and a torn one when it is whole`() throws {
    #expect(news() == [])
    try replaceIndex(line("a", 1) + line("b", 2))
    #expect(news() == ["a", "b"])
    try append(line("c", 3) + #"{"file":"d","#)
    #expect(news() == ["c"])
    #expect(news() == [])
    try append(#""timestamp":4}"#)
    #expect(news() == [])
    try append("\n\n")
    #expect(news() == ["d"])
    #expect(news(isLast: true) == [])
  }

  @Test func `what a writer takes back of a torn line is not taken`() throws {
    try replaceIndex(line("a", 1) + #"{"file":"nobody","tim"#)
    #expect(news() == ["a"])
    let index = try FileHandle(forWritingTo: URL(filePath: folder("index.jsonl")))
    try index.truncate(atOffset: UInt64(line("a", 1).utf8.count))
    try append(line("b", 2) + line("c", 3))
    #expect(news() == ["b", "c"])
  }

  @Test func `an index that is written anew is read anew, but for known lines`() throws {
    try replaceIndex(line("a", 1) + line("b", 2) + line("c", 3))
    #expect(news() == ["a", "b", "c"])
    try replaceIndex(line("c", 3) + line("d", 4))
    #expect(news() == ["d"])
    // As long as before, twice: nothing but the number of the file tells.
    try replaceIndex(line("d", 4) + line("e", 5))
    try replaceIndex(line("f", 6) + line("g", 7))
    #expect(news() == ["f", "g"])
    try replaceIndex(line("g", 7))
    #expect(news() == [])
    try append(line("f", 8))
    #expect(news() == ["f"])
  }

  @Test func `a bad line is told once, with its number`() throws {
    try replaceIndex(line("a", 1) + "nonsense\n" + line("b", 2))
    #expect(news() == ["a", "index.jsonl: line 2: at byte 0: expected a JSON value", "b"])
    try replaceIndex("nonsense\n" + line("b", 2) + line("c", 3))
    #expect(news() == ["c"])
  }

  @Test func `a line without an end is passed over`() throws {
    let long = String(repeating: "x", count: 3 << 20)
    try replaceIndex(line("a", 1) + long)
    #expect(news() == ["a", "index.jsonl: line 2: expected at most 65536 bytes, found more"])
    try append(long + "\n" + line("b", 2))
    #expect(news() == ["b"])
  }

  @Test func `a hole in an index is passed over look by look`() throws {
    try replaceIndex(line("a", 1))
    #expect(news() == ["a"])
    let index = try FileHandle(forWritingTo: URL(filePath: folder("index.jsonl")))
    try index.truncate(atOffset: 40 << 20)
    try append("\n" + line("b", 2))
    #expect(news() == ["index.jsonl: line 2: expected at most 65536 bytes, found more"])
    var found: [String] = []
    for _ in 0..<10 where found.isEmpty { found = news() }
    #expect(found == ["b"])
  }

  @Test(arguments: [-14_831_769_600, -1, 0, 7_258_118_401, 9_223_372_036])
  func `a dump with any modification time is found`(_ second: Double) throws {
    try folder.write("a.prof", [1])
    // Not every file system keeps a time before 1901, or after 2446.
    try folder.setModified("a.prof", Date(timeIntervalSince1970: second))
    #expect(news() + news() == ["a.prof"])
  }

  @Test func `dumps without an index are taken when they stand still, and changed ones`() throws {
    try folder.write("old.prof", [1])
    try folder.write("sub/old.prof", [1])
    try folder.write("new.prof", [1])
    try folder.write("other.txt", [1])
    let past = Date(timeIntervalSinceNow: -10)
    try folder.setModified("old.prof", past)
    try folder.setModified("sub/old.prof", past)
    try folder.setModified("new.prof", Date(timeIntervalSinceNow: 3600))
    #expect(news() == ["old.prof", "sub/old.prof"])
    // Its clock is ahead, but it has not changed.
    #expect(news() == ["new.prof"])
    #expect(news() == [])
    try folder.write("old.prof", [2])
    #expect(news() == [])
    #expect(news() == ["old.prof"])
    try folder.write("last.prof", [1])
    #expect(news(isLast: true) == ["last.prof"])
  }

  @Test func `an index may come later, and in a folder below`() throws {
    try folder.write("a.prof", [1])
    #expect(news(isLast: true) == ["a.prof"])
    try folder.write("sub/index.jsonl", line("b", 1).utf8)
    #expect(news() == ["sub/b"])
    try replaceIndex(line("c", 1))
    #expect(news() == ["c"])
  }

  @Test func `a dump that changed since it was taken is not removed`() throws {
    try folder.write("a.prof", [1])
    try folder.write("b.prof", [1])
    let taken = try follower.look(isLast: true).map { try $0.get() }
    try folder.write("b.prof", [1, 2])
    #expect(try follower.remove(taken) == 1)
    #expect(try RegularFile.names(inFolder: folder.path) == ["b.prof"])
  }

  @Test func `nothing is lost where dumps are taken out while several writers add them`() throws {
    let writers = 4
    let dumps = 60
    let done = Atomic(0)
    for writer in 0..<writers {
      let spool = try SpoolFolder(path: folder.path)
      Thread.detachNewThread {
        for number in 0..<dumps {
          let start = Timestamp(nanoseconds: Int64(number))
          _ = try? spool.append(dump: [7], start: start, labels: ["writer": "\(writer)"])
        }
        done.add(1, ordering: .sequentiallyConsistent)
      }
    }
    // A name may be used again when its dump is taken out, but not for the same labels.
    var taken: [DumpSource] = []
    var isLast = false
    while true {
      let found = try follower.look(isLast: isLast).map { try $0.get() }
      for source in found { #expect(try RegularFile.read(source.path) == [7]) }
      taken += found
      try follower.remove(found)
      if isLast { break }
      isLast = done.load(ordering: .sequentiallyConsistent) == writers
    }
    #expect(taken.count == writers * dumps)
    #expect(Set(taken).count == writers * dumps)
    #expect(try SpoolFolder.removeIfEmpty(folder.path))
  }
}
