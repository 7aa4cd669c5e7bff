// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCharts
import StrataCore
import StrataFormats
import StrataExport
import StrataSpool
import StrataQuery
import Testing

/// The README's Swift code stands here once more, so that it is compiled and run.
@Suite struct ReadmeTests {
  private static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func chart() async throws -> String {
    // README begins
    let catalog = DumpCatalog(paths: ["profiles"])
    var reader = DumpReader()
    let store = try MemoryStore(catalog.sources.flatMap { try reader.captures(of: $0) })

    var query = SliceQuery(every: .seconds(30), top: 10)
    query.selection.filter = try CaptureFilter(parsing: "endpoint=search")
    query.statistic = .mean

    let series = try await store.slices(query)
    print(TerminalChart(series, options: .init(style: .init(width: 100))).text)
    // README ends
    return TerminalChart(series, options: .init(style: .init(width: 100))).text
  }

  @Test func `the code of the README is the code that is tested`() async throws {
    let source = try String(contentsOfFile: #filePath, encoding: .utf8)
    let part = source.components(separatedBy: "    // README begins\n")[1]
      .components(separatedBy: "    // README ends\n")[0]
    let code = part.components(separatedBy: "\n").map { String($0.dropFirst(4)) }
      .joined(separator: "\n")
    let readme = try String(
      contentsOf: Self.package.appending(path: "README.md"),
      encoding: .utf8
    )
    #expect(readme.contains(code))
    // Run as it stands, it looks into a folder that is not there.
    #expect(try await Self.chart().contains("No captures in this range"))
  }

  @Test func `the code of the README draws the bundled series`() async throws {
    let catalog = DumpCatalog(paths: [Self.package.appending(path: "Examples/regression").path])
    #expect(catalog.failures.isEmpty)
    var reader = DumpReader()
    let captures = try catalog.sources.flatMap { try reader.captures(of: $0) }
    let series = try await MemoryStore(captures).slices(SliceQuery(every: .seconds(30), top: 10))
    #expect(series.slices.reduce(0) { $0 + $1.captures } == 600)
    #expect(
      TerminalChart(series, options: .init(style: .init(width: 100))).text.contains(
        "parse_starttag"
      )
    )
  }

  @Test func `the program in the README is the example that is built and run`() throws {
    let readme = try String(contentsOf: Self.package.appending(path: "README.md"), encoding: .utf8)
    let example = "Examples/Recording/Sources/Recording/main.swift"
    let program = try String(contentsOf: Self.package.appending(path: example), encoding: .utf8)
    #expect(readme.contains("```swift\n\(program)```"))
  }

  @Test func `the README is short and its links lead somewhere`() throws {
    let readme = try String(
      contentsOf: Self.package.appending(path: "README.md"),
      encoding: .utf8
    )
    #expect(readme.split(separator: "\n", omittingEmptySubsequences: false).count <= 150)
    for match in readme.matches(of: /\]\((?<path>[^)#:]+)\)/) {
      let target = Self.package.appending(path: String(match.path))
      #expect(FileManager.default.fileExists(atPath: target.path), "\(match.path)")
    }
  }
}
