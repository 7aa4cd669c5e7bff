// SPDX-License-Identifier: Apache-2.0

import Foundation
package import StrataCore

/// The corpus of real dumps, where it stands beside the folder of the package.
///
/// It is too large for the repository; suites that need it are enabled where it is there.
package enum Corpus {
  /// The folder of the corpus; nil where there is none.
  package static let folder: String? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = root.deletingLastPathComponent().appending(path: "shared/corpus").path
    return FileManager.default.fileExists(atPath: folder + "/manifest.json") ? folder : nil
  }()

  package static var isPresent: Bool { folder != nil }

  /// The path of a file of the corpus.
  package static func path(_ file: String) -> String {
    (folder ?? "") + "/" + file
  }

  package static func bytes(_ file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path(file))))
  }

  package static func json(_ file: String) throws -> JSONValue {
    try JSONValue(parsing: bytes(file)[...])
  }
}
