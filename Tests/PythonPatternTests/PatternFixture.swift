// SPDX-License-Identifier: Apache-2.0

// For reading a file, and the environment.
import Foundation

/// A row of `Fixtures/patterns.tsv`: an expression, what CPython says, and a text.
struct PatternFixture {
  let pattern: String
  let verdict: String
  let text: [UInt8]

  /// The rows of the fixture, or those of a file that `STRATA_PATTERN_ROWS` names.
  static func rows() throws -> [PatternFixture] {
    let path = ProcessInfo.processInfo.environment["STRATA_PATTERN_ROWS"]
    let lines =
      try path.map { try Self.lines(in: URL(filePath: $0)) } ?? Self.lines(of: "patterns.tsv")
    return lines.map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(unquoted)
      return PatternFixture(
        pattern: String(decoding: fields[0], as: UTF8.self),
        verdict: String(decoding: fields[1], as: UTF8.self),
        text: fields[2]
      )
    }
  }

  /// The lines of a fixture.
  static func lines(of name: String, file: String = #filePath) throws -> [Substring] {
    let folder = URL(filePath: file).deletingLastPathComponent().appending(path: "Fixtures")
    return try lines(in: folder.appending(path: name))
  }

  private static func lines(in file: URL) throws -> [Substring] {
    String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n")
  }

  private static func unquoted(_ field: Substring) -> [UInt8] {
    var parts = field.utf8.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
    var bytes = Array(parts.removeFirst())
    for part in parts {
      bytes.append(UInt8(Substring(part.prefix(2)), radix: 16) ?? 0)
      bytes += part.dropFirst(2)
    }
    return bytes
  }
}
