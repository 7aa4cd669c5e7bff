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
    guard let path else { return try FileHandle.standardOutput.write(contentsOf: Data(bytes)) }
    try Self.write(bytes, toFile: path)
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
