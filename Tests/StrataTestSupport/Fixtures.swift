// SPDX-License-Identifier: Apache-2.0

import Foundation
package import StrataCore

/// The folder `Fixtures` beside the test file that asks.
package struct Fixtures: Sendable {
  private let folder: URL

  package init(beside file: String = #filePath) {
    folder = URL(filePath: file).deletingLastPathComponent().appending(path: "Fixtures")
  }

  /// The fixtures in a folder of their own.
  package init(folder name: String, beside file: String = #filePath) {
    folder = URL(filePath: file).deletingLastPathComponent().appending(path: "Fixtures/\(name)")
  }

  /// The fixtures of another test target.
  package init(of target: String, beside file: String = #filePath) {
    folder =
      URL(filePath: file).deletingLastPathComponent()
      .appending(path: "../\(target)/Fixtures").standardizedFileURL
  }

  package func path(_ name: String) -> String { folder.appending(path: name).path }

  package func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: name)))
  }

  package func json(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: bytes(name)[...])
  }
}
