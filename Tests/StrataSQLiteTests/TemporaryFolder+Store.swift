// SPDX-License-Identifier: Apache-2.0

// Foundation for files and folders.
import Foundation
import StrataTestSupport

/// A folder with a store in it.
extension TemporaryFolder {
  func file(_ name: String = "profiles.strata") -> String { self(name) }

  func write(_ bytes: [UInt8], _ name: String = "profiles.strata") throws {
    try write(name, bytes)
  }

  func read(_ name: String = "profiles.strata") throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: file(name))))
  }

  /// All files in the folder, sorted.
  var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}
