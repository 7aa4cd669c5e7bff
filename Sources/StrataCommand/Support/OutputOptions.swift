// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
// FileHandle and Data: the standard library cannot write a file.
import Foundation

/// Where a command writes its result.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"),
    completion: .file()
  )
  var path: String?

  /// Writes all bytes, to a file at once so that no half of it is ever seen.
  func write(_ bytes: [UInt8]) throws {
    if let path { return try Self.write(bytes, toFile: path) }
    try StandardStream.output.write(bytes)
  }

  /// Writes what a closure hands on piece by piece; only what goes to a file is gathered first.
  func write(pieces: (_ output: ([UInt8]) throws -> Void) throws -> Void) throws {
    guard path != nil else { return try pieces(StandardStream.output.write) }
    var bytes: [UInt8] = []
    try pieces { bytes += $0 }
    try write(bytes)
  }

  /// Writes a file at once; into a device or a pipe, which no file may replace.
  static func write(_ bytes: [UInt8], toFile path: String) throws {
    // What a link names is replaced, and not the link.
    let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    do {
      guard isReplaceable(path) else {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        return try handle.write(contentsOf: Data(bytes))
      }
      try Data(bytes).write(to: file, options: .atomic)
    } catch {
      throw CommandError(
        .cannotWrite,
        "\(path): expected a place that can be written, found a folder, one that is full or one that "
          + "refuses; check the path, its permissions and the disk"
      )
    }
  }

  /// Whether there is a plain file, or nothing yet; a folder fails by itself.
  private static func isReplaceable(_ path: String) -> Bool {
    var about = stat()
    // SAFETY: the system fills the structure that it is given.
    guard unsafe stat(path, &about) == 0 else { return true }
    return [S_IFREG, S_IFDIR].contains(about.st_mode & S_IFMT)
  }
}
#endif
