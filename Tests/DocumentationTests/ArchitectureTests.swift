// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// docs/architecture.md is true: the files exist, and are as long as it says.
struct ArchitectureTests {
  private static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: package.appending(path: path), encoding: .utf8)
  }

  @Test func `the way of a dump to a picture has the files and lengths that it says`() throws {
    let page = try Self.text("docs/architecture.md")
    var total = 0
    var files = 0
    for match in page.matches(of: /\]\(\.\.\/(?<path>Sources\/[^)]+)\) \((?<lines>\d+) lines\)/) {
      let lines = try Self.text(String(match.path)).split(
        separator: "\n",
        omittingEmptySubsequences: false
      )
      // The last line ends with a line feed.
      #expect(Int(match.lines) == lines.count - 1, "\(match.path)")
      total += lines.count - 1
      files += 1
    }
    #expect(files == 14)
    let said = try #require(page.firstMatch(of: /Fourteen files, (?<total>[\d,]+) lines/))
    #expect(Int(said.total.filter(\.isNumber)) == total)
  }

  @Test func `every folder of the table exists, and every module is named`() throws {
    let page = try Self.text("docs/architecture.md")
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `Sources/") }
    #expect(rows.count > 15)
    for row in rows {
      let names = row.split(separator: "|")[0].matches(of: /`(?<name>[^`]+)`/).map(\.name)
      let first = try #require(names.first)
      let module = first.split(separator: "/").prefix(2).joined(separator: "/")
      for name in names {
        let places = [String(name), "\(module)/\(name)", "Sources/\(name)"]
        let exists = places.contains {
          FileManager.default.fileExists(atPath: Self.package.appending(path: $0).path)
        }
        #expect(exists, "\(name) in \(row)")
      }
    }
    let modules = try FileManager.default.contentsOfDirectory(
      atPath: Self.package.appending(path: "Sources").path
    )
    for module in modules { #expect(page.contains(module), "\(module)") }
  }

  @Test func `the pages about adding things lead to files that exist`() throws {
    for page in ["adding-a-format", "adding-a-store", "adding-an-output", "adding-a-command"] {
      for match in try Self.text("docs/\(page).md").matches(of: /\]\((?<path>[^)#:]+)\)/) {
        let path = Self.package.appending(path: "docs/\(match.path)").standardizedFileURL.path
        #expect(FileManager.default.fileExists(atPath: path), "\(match.path)")
      }
    }
  }
}
