// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
// FileHandle and Data: the standard library cannot write bytes to a file.
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
    // In pieces, or a second copy of the whole would be in memory.
    for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
      let piece = bytes[start..<min(start + (1 << 16), bytes.count)]
      try FileHandle.standardOutput.write(contentsOf: Data(piece))
    }
  }

  /// Writes a file at once.
  static func write(_ bytes: [UInt8], toFile path: String) throws {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandError(.cannotWrite, "\(path): cannot be written: \(error.localizedDescription)")
    }
  }
}
#endif
