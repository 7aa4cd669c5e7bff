// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataCore
import StrataQuery
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

/// What is said of captures has bounds, whichever way it comes in.
@Suite struct BoundsCommandTests {
  private let folder: TemporaryFolder
  private var store: [String] { ["--store", folder("a.db")] }

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("a.prof", "{0".utf8)
  }

  private static let manyLabels = (0..<65).flatMap { ["--label", "k\($0)=x"] }

  private static let refused: [([String], String)] = [
    (["--label", "=x"], "expected key=value"), (["--label", "x"], "expected key=value"),
    (
      ["--label", String(repeating: "k", count: 201) + "=x"],
      "expected a key of 1 to 200 bytes, found 201 bytes"
    ),
    (
      ["--label", "k=" + String(repeating: "v", count: 4_097)],
      "label 'k': expected a value of at most 4096 bytes, found 4097 bytes"
    ),
    (
      manyLabels, "labels: expected at most 64, found 65"
    ),
    (["--path-labels", "{a}/{a}.prof"], "expected each key once, found {a} twice"),
    (["--path-labels", "{a}{b}"], "expected text between two wildcards"),
    (["--timestamp", "1699-12-31T23:59:59Z"], "--timestamp must be from 1700-01-01T00:00:00Z to"),
    (["--timestamp", "9223372036"], "--timestamp must be from 1700-01-01T00:00:00Z to"),
    (["--duration=-5"], "'-5' is invalid for '--duration"),
  ]

  @Test(arguments: refused)
  func `arguments out of bounds are refused before anything is read`(
    _ arguments: [String],
    _ reason: String
  ) throws {
    let outcome = try Tool.run(["import", folder("a.prof")] + store + arguments)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(reason), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder("a.db")))
  }

  @Test func `a key that is no UTF-8 is refused`() throws {
    // A process of Foundation's takes texts alone, so that the shell has to write the byte.
    let command = "exec \"$0\" import a.prof --store a.db --label \"$(printf 'k\\377=x')\""
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command, Tool.products.appending(path: "strata").path]
    process.currentDirectoryURL = URL(filePath: folder.path)
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitForEnd()
    #expect(process.terminationStatus == 64)
    #expect(text.contains("expected a key in UTF-8"), "\(text)")
  }

  @Test func `lines out of bounds are named, and the others are stored`() throws {
    let labels = (0..<65).map { "\"\($0)\":\"\"" }.joined(separator: ",")
    let lines = [
      #""timestamp":"0""#, #""timestamp":"-9223372036.854775808""#,
      #""timestamp":1,"duration":"-1""#, #""timestamp":2,"id":"""#, #""timestamp":3,"id":" ""#,
      "\"timestamp\":4,\"labels\":{\(labels)}", #""timestamp":5,"labels":{"\ud800":""}"#,
      #""timestamp":"6","duration":"1","id":"x""#,
    ].map { "{\"file\":\"a.prof\",\($0)}\n" }
    try folder.write("index.jsonl", lines.joined().utf8)
    let outcome = try Tool.run(["import", folder.path] + store)
    #expect(outcome.status == 65)
    #expect(outcome.output.hasPrefix("8 dumps: 2 stored, 0 already known, 6 failed"))
    let errors = outcome.errors.split(separator: "\n")
    #expect(errors.count == 6)
    for (number, error) in zip(2..., errors) { #expect(error.contains(": line \(number): ")) }
  }

  @Test func `widths in every unit are the same`() throws {
    let widths = ["10s", "10000000000ns", "10000000us", "10000ms", "9s1000ms"]
    let outcomes = try widths.map { width in
      try Tool.run(
        ["slices", Tool.series, "--every", width, "--by", "all", "--format", "csv"]
      )
    }
    #expect(outcomes.allSatisfy { $0.status == 0 && $0.output == outcomes[0].output })
    let bad = try Tool.run(["slices", Tool.series, "--every", "9223372036854775808ns"])
    #expect(bad.status == 64)
  }

  @Test func `an export says which of its captures no import takes`() async throws {
    let source = try SQLiteStore.open(path: folder("a.db"))
    var random = RandomRecords(seed: 1)
    var records = (0..<3).map { random.record($0, .nanoseconds, count: 3) }
    // Random names are not always text, which a dump of Python 3 wants.
    for index in records.indices { records[index].profile = StatsProfile() }
    _ = try await source.insert([records[0]])
    records[1].start = Timestamp(nanoseconds: .max)
    records[2].labels = Labels((0..<65).map { Labels.Label(key: "\($0)", value: "") })
    // As an older version did it, which had no bounds.
    _ = try source.write(
      try records[1...].map { try PreparedRecord($0, source.functionRegister) }
    )
    let outcome = try Tool.run(["store", "export", folder("dumps")] + store)
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("3 captures written: "))
    #expect(
      outcome.errors.hasPrefix(
        "strata: warning: an import will refuse 2 of these captures until their lines in index.jsonl "
          + "are changed, such as \(folder("dumps"))/"
      )
    )
    let again = try Tool.run(["import", folder("dumps"), "--store", folder("b.db")])
    #expect(again.status == 65)
    #expect(again.output.hasPrefix("3 dumps: 1 stored, 0 already known, 2 failed"))
  }
}
#endif
