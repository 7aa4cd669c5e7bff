// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import StrataTesting
import Testing

struct InputFileTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func code(_ path: String, limit: Int = RegularFile.defaultLimit) -> FileError.Code? {
    let error = caught { () throws(FileError) in _ = try RegularFile.read(path, limit: limit) }
    if let error { #expect(error.path == path) }
    return error?.code
  }

  @Test
  func `reads a file whole`() throws {
    let bytes = (0..<100_000).map { UInt8($0 % 251) }
    #expect(try RegularFile.read(folder.write("a", bytes)) == bytes)
    #expect(try RegularFile.read(folder.write("empty", [])) == [])
    #expect(try RegularFile.size(of: folder("a")) == 100_000)
  }

  @Test
  func `the limit is inclusive`() throws {
    let path = try folder.write("a", [1, 2, 3])
    #expect(try RegularFile.read(path, limit: 3) == [1, 2, 3])
    #expect(code(path, limit: 2) == .tooLarge(size: 3, limit: 2))
  }

  @Test
  func `a dump above 512 MiB is refused before it is read`() throws {
    let path = try folder.write("a.prof", Marshal.dict())
    try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: 1 << 40)
    let source = DumpSource(path: path)
    let refusals = [
      caught { () throws(FileError) in
        var reader = DumpReader()
        _ = try reader.profiles(of: source)
      },
      caught { () throws(FileError) in _ = try source.capture(defaults: DumpDefaults()) },
    ]
    let expected = FileError(path: path, .tooLarge(size: 1 << 40, limit: 1 << 29))
    #expect(refusals == [expected, expected])
  }

  @Test
  func `a folder, a device and a pipe are refused`() throws {
    try folder.makePipe("pipe")
    #expect(code(folder.path) == .notRegular)
    #expect(code("/dev/null") == .notRegular)
    #expect(code("/dev/zero") == .notRegular)
    #expect(code(folder("pipe")) == .notRegular)
    let error = caught { () throws(FileError) in _ = try RegularFile.kind(of: folder("pipe")) }
    #expect(error?.code == .notRegular)
  }

  @Test
  func `an absent file is not found, by whatever way`() throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder("dangling"),
      withDestinationPath: "nothing"
    )
    #expect(code(folder("absent")) == .notFound)
    #expect(code(folder("dangling")) == .notFound)
    #expect(code("") == .notFound)
  }

  @Test
  func `a link to itself and a file in the place of a folder are errors of the system`() throws {
    try FileManager.default.createSymbolicLink(atPath: folder("loop"), withDestinationPath: "loop")
    try folder.write("file", [1])
    #expect(code(folder("loop")) == .system(errno: ELOOP))
    #expect(code(folder("file/a")) == .system(errno: ENOTDIR))
  }

  @Test
  func `names are in the order of their bytes, hidden ones left out`() throws {
    for name in ["b", "a", "B", ".hidden", "é", "a.b"] { try folder.write(name, []) }
    #expect(try RegularFile.names(inFolder: folder.path) == ["B", "a", "a.b", "b", "é"])
  }

  @Test
  func `the modification time is that of the file`() throws {
    try folder.write("a", [])
    try folder.setModified("a", Date(timeIntervalSince1970: 1_767_603_600))
    #expect(
      try RegularFile.modificationTime(of: folder("a")).nanoseconds == 1_767_603_600_000_000_000
    )
  }

  @Test
  func `a modification time beyond 2262 does not trap`() throws {
    try folder.write("a", [])
    try folder.setModified("a", Date(timeIntervalSince1970: 9_500_000_000))
    #expect(try RegularFile.modificationTime(of: folder("a")).nanoseconds == .max)
  }

  @Test(
    arguments: [
      (.notFound, "a: no such file"),
      (.notRegular, "a: expected a regular file, found a folder, pipe or device"),
      (.tooLarge(size: 3, limit: 2), "a: expected at most 2 bytes, found 3"),
      (.system(errno: EACCES), "a: permission denied"),
      (.line(7, reason: "why"), "a: line 7: why"),
      (
        .format(FormatError(format: "a", .truncated, at: 5, expected: "x", found: "y")),
        "a: at byte 5: expected x, found y"
      ),
      (.pathLabels(pattern: "{b}"), "a: the path does not match the label pattern '{b}'"),
      (
        .record(CaptureError(.tooManyLabels, of: "labels", value: "65")),
        "a: labels: expected at most 64, found 65"
      ),
      (
        .tooDeep(limit: 64),
        "a: expected at most 64 levels of folders, found a deeper one, which was not searched; "
          + "pass it as a separate path"
      ),
    ] as [(FileError.Code, String)]
  )
  func `an error is one line that begins with the file`(_ code: FileError.Code, _ text: String) {
    #expect(FileError(path: "a", code).description == text)
  }
}
