// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import StrataTesting
import Testing

struct DumpCatalogTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func names(_ catalog: DumpCatalog) -> [String] {
    catalog.sources.map { String($0.path.dropFirst(folder.path.count + 1)) }
  }

  @Test
  func `a folder with an index is what the index says, in its order`() throws {
    try folder.write("b.prof", [])
    try folder.write("unlisted.prof", [])
    let lines =
      #"{"file":"b.prof","timestamp":2}"# + "\r\n \t\n" + #"{"file":"sub/a.prof","timestamp":1}"#
    try folder.write("index.jsonl", lines.utf8)
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(names(catalog) == ["b.prof", "sub/a.prof"])
    #expect(catalog.failures == [])
    #expect(catalog.sources.map(\.entry?.start.nanoseconds) == [2_000_000_000, 1_000_000_000])
    #expect(DumpCatalog(paths: [folder("index.jsonl")]).sources == catalog.sources)
  }

  @Test
  func `a bad line is a failure of its own`() throws {
    let index = try folder.write(
      "index.jsonl",
      (#"{"file":"a","timestamp":1}"# + "\nnonsense\n" + #"{"file":"b","timestamp":2}"# + "\n{}\n")
        .utf8
    )
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(names(catalog) == ["a", "b"])
    #expect(
      catalog.failures == [
        FileError(path: index, .line(2, reason: "at byte 0: expected a JSON value")),
        FileError(
          path: index,
          .line(4, reason: "file: expected a path below the folder of the index, found none")
        ),
      ]
    )
  }

  @Test
  func `a folder without an index is searched for dumps, folders in it too`() throws {
    for name in [
      "z.prof", "a.txt", "sub/b.pstats", "sub/deep/c.pstat", "x.cprof", "x.profile", ".h/d.prof",
      "s/index.jsonl",
    ] {
      try folder.write(
        name,
        name.hasSuffix("jsonl") ? Array(#"{"file":"i","timestamp":1}"#.utf8) : []
      )
    }
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(
      names(catalog) == [
        "s/i", "sub/b.pstats", "sub/deep/c.pstat", "x.cprof", "x.profile", "z.prof",
      ]
    )
    #expect(catalog.failures == [])
  }

  @Test
  func `a walk finds what a catalog does, and goes on after a failure`() throws {
    try folder.write(
      "spool/index.jsonl",
      (#"{"file":"a","timestamp":1}"# + "\n{}\n" + #"{"file":"b","timestamp":2}"#).utf8
    )
    for name in ["é.prof", "e.prof", "f/z.prof", "none/a.txt"] { try folder.write(name, []) }
    let paths = ["spool", "absent", ".", "none", "e.prof"].map { folder($0) }
    let found = DumpWalk(paths: paths).map { result in
      switch result {
      case .success(let source): String(source.path.dropFirst(folder.path.count + 1))
      case .failure(let error): String(error.description.split(separator: ":")[1].dropFirst())
      }
    }
    #expect(
      found == [
        "spool/a", "line 2", "spool/b", "no such file", "./e.prof", "./f/z.prof", "./spool/a",
        "line 2", "./spool/b", "./é.prof", "no dumps in this folder", "e.prof",
      ]
    )
  }

  @Test
  func `a line of an index that is too long is refused, and the others are used`() throws {
    let reason = "expected at most 65536 bytes, found more"
    for length in [SpoolEntry.maximumLineSize + 1, 2 << 16, 3 << 20] {
      for end in ["\n" + #"{"file":"b","timestamp":1}"#, ""] {
        var lines = Array((#"{"file":"a","timestamp":1}"# + "\n").utf8)
        lines += repeatElement(UInt8(ascii: " "), count: length)
        lines += end.utf8
        let index = try folder.write("index.jsonl", lines)
        let catalog = DumpCatalog(paths: [folder.path])
        #expect(names(catalog) == (end.isEmpty ? ["a"] : ["a", "b"]))
        #expect(catalog.failures == [FileError(path: index, .line(2, reason: reason))])
      }
    }
  }

  @Test
  func `a line as long as lines may be is used, wherever it stands`() throws {
    let line = Array(#"{"file":"a","timestamp":1}"#.utf8)
    let long =
      line + repeatElement(UInt8(ascii: " "), count: SpoolEntry.maximumLineSize - line.count)
    let lineFeed = [UInt8(ascii: "\n")]
    try folder.write("index.jsonl", line + lineFeed + long + lineFeed + long)
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(names(catalog) == ["a", "a", "a"])
    #expect(catalog.failures == [])
  }

  @Test
  func `a hole in an index is passed over only so far`() throws {
    let index = try folder.write("index.jsonl", Array((#"{"file":"a","timestamp":1}"# + "\n").utf8))
    try FileHandle(forWritingTo: URL(filePath: index)).truncate(atOffset: 1 << 33)
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(names(catalog) == ["a"])
    let reason = "expected at most 65536 bytes, found more; the rest is not read"
    #expect(catalog.failures == [FileError(path: index, .line(2, reason: reason))])
  }

  #if os(Linux)
  @Test
  func `dumps and folders whose names are not UTF-8 are named, not passed over`() throws {
    try folder.write("a.prof", [])
    for name in [
      [0xff], [0xfe] + Array(".prof".utf8), Array("notes-".utf8) + [0xff] + [0x2e, 0x74],
    ] {
      let path = (Array(folder.path.utf8) + [0x2f] + name + [0]).map { CChar(bitPattern: $0) }
      // SAFETY: the path ends with a zero.
      #expect(unsafe mkdir(path, 0o700) == 0)
    }
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(names(catalog) == ["a.prof"])
    let expected = ["\u{FFFD}", "\u{FFFD}.prof"].map { folder.path + "/" + $0 }
    #expect(Set(catalog.failures) == Set(expected.map { FileError(path: $0, .nameNotUTF8) }))
  }
  #endif

  @Test
  func `folders that are too deep are named`() throws {
    let deep = (1...64).map { "\($0)" }.joined(separator: "/")
    try folder.write(deep + "/a.prof", [])
    try folder.write(deep + "/x/b.prof", [])
    try folder.write(deep + "/y/z/c.prof", [])
    let catalog = DumpCatalog(paths: [folder.path])
    #expect(names(catalog) == [deep + "/a.prof"])
    #expect(
      catalog.failures
        == ["x", "y"].map { FileError(path: folder(deep + "/" + $0), .tooDeep(limit: 64)) }
    )
    let follower = DumpFollower(folder: folder.path)
    let found = Array(follower.look(isLast: true))
    #expect(found.compactMap { try? $0.get().path } == [folder(deep + "/a.prof")])
    #expect(Set(found.compactMap(\.failure)) == Set(catalog.failures))
    #expect(Array(follower.look(isLast: true)).isEmpty)
  }

  @Test
  func `a link that leads back is not followed`() throws {
    try folder.write("sub/a.prof", [])
    try FileManager.default.createSymbolicLink(
      atPath: folder("sub/back"),
      withDestinationPath: ".."
    )
    #expect(names(DumpCatalog(paths: [folder.path])) == ["sub/a.prof"])
  }

  @Test
  func `a path that leads to no dump is a failure of its own`() throws {
    try folder.write("a.prof", [])
    try folder.write("empty/readme.txt", [])
    try folder.makePipe("pipe")
    let catalog = DumpCatalog(paths: [
      folder("absent"), folder("a.prof"), folder("empty"), folder("pipe"),
    ])
    #expect(names(catalog) == ["a.prof"])
    #expect(
      catalog.failures == [
        FileError(path: folder("absent"), .notFound), FileError(path: folder("empty"), .noDumps),
        FileError(path: folder("pipe"), .notRegular),
      ]
    )
  }

  @Test
  func `paths keep their order, and a file needs no suffix`() throws {
    for name in ["b", "a"] { try folder.write(name, []) }
    #expect(names(DumpCatalog(paths: [folder("b"), folder("a"), folder("b")])) == ["b", "a", "b"])
  }

  @Test
  func `a pipe among the dumps of a folder is refused without waiting`() throws {
    try folder.makePipe("a.prof")
    let source = try #require(DumpCatalog(paths: [folder.path]).sources.first)
    let error = caught { () throws(FileError) in _ = try source.capture(defaults: DumpDefaults()) }
    #expect(error == FileError(path: folder("a.prof"), .notRegular))
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
