// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for files and folders.
import Foundation

/// A folder of one test alone, removed with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    let name = "strata-tests-\(UUID().uuidString)"
    path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func file(_ name: String = "profiles.strata") -> String { path + "/" + name }

  func write(_ bytes: [UInt8], _ name: String = "profiles.strata") throws {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
  }

  func read(_ name: String = "profiles.strata") throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
  }

  /// All files in the folder, sorted.
  var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

#endif
