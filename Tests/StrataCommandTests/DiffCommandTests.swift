// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataTestSupport
import Testing

@Suite struct DiffCommandTests {
  private static let search = [
    "--where", "endpoint=search", "--old", "..2026-01-05T09:06:00Z", "--new",
    "2026-01-05T09:06:00Z..",
  ]

  private static func json(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try Tool.run(["diff"] + arguments + ["--format", "json"])
    #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require(object as? [String: Any])
  }

  /// Two dumps of the bundled series.
  private static func dumps() throws -> [String] {
    let folder = Tool.series + "/dumps"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.contains("search") }.sorted()
    return [names.first, names.last].compactMap { $0.map { "\(folder)/\($0)" } }
  }

  @Test func `the regression is where it is known to be`() throws {
    let outcome = try Tool.run(
      ["diff", Tool.series, "--per-capture", "--strip-dirs", "--width", "160"] + Self.search
    )
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("self time  264 µs  →  2.19 ms  +1.93 ms  ×8.29\n"))
    let lines = outcome.output.split(separator: "\n")
    let first = try #require(lines.first { $0.contains("│") })
    #expect(first.hasPrefix(" +326 µs") && first.hasSuffix("difflib.py:305(find_longest_match)"))
    #expect(outcome.output.contains("14 other functions"))
  }

  @Test func `a folder, a store of it and two sets of its dumps give the same answers`() throws {
    let folder = try TemporaryFolder()
    let store = folder("same.db")
    #expect(try Tool.run(["import", "--store", store, Tool.series]).status == 0)
    for format in ["json", "csv", "ndjson", "svg", "text"] {
      let question = ["diff", "--format", format, "--strip-dirs"] + Self.search
      let fromDumps = try Tool.run(question + [Tool.series])
      let fromStore = try Tool.run(question + ["--store", store])
      #expect(fromStore.status == 0, "\(format): \(fromStore.errors)")
      #expect(fromStore.output == fromDumps.output, "\(format)")
    }
    let parts = try Self.json([Tool.series] + Self.search)
    let sides = try Self.json(
      [
        Tool.series, "--with", Tool.series, "--where", "endpoint=search", "--old",
        "..1767603960", "--new", "1767603960..",
      ]
    )
    #expect(parts["total"] as? NSDictionary == sides["total"] as? NSDictionary)
    let labels = try Self.json([
      Tool.series, "--old-where", "endpoint=search", "--new-where", "endpoint=search",
      "--until", "2026-01-05T09:06:00Z",
    ])
    let total = try #require(labels["total"] as? [String: Any])
    #expect((total["selfTime"] as? [String: Any])?["change"] as? Int == 0)
  }

  @Test func `json adds up, whole or with the rest in other`() throws {
    func sums(_ object: [String: Any]) throws -> [Int] {
      let rows =
        (object["functions"] as? [[String: Any]] ?? []) + [object["other"] as? [String: Any] ?? [:]]
      let changes = rows.compactMap { ($0["selfTime"] as? [String: Any])?["change"] as? Int }
      let causes = ["moreCalls", "slowerCalls"].map { key in
        rows.compactMap { $0[key] as? Int }.reduce(0, +)
      }
      let total = try #require(object["total"] as? [String: Any])
      let change = (total["selfTime"] as? [String: Any])?["change"] as? Int ?? -1
      #expect(changes.reduce(0, +) == change && causes.reduce(0, +) == change)
      return [change, rows.count]
    }
    let all = try Self.json(try Self.dumps())
    #expect(all["schema"] as? String == "strata/diff/1")
    let whole = try sums(all)
    let part = try sums(Self.json(Self.dumps() + ["--top", "3"]))
    #expect(whole[0] == part[0] && part[1] == 4 && whole[1] > 4)
  }

  @Test func `colours are off in a pipe and can be forced`() throws {
    let plain = try Tool.run(["diff"] + Self.dumps())
    #expect(plain.status == 0 && !plain.output.contains("\u{1B}"))
    let colored = try Tool.run(["diff", "--color", "always"] + Self.dumps())
    #expect(colored.output.contains("\u{1B}[0;38;5;"))
    let page = try Tool.run(["diff", "--format", "html", "--title", "A & B"] + Self.dumps())
    #expect(page.output.contains("<h1>A &amp; B</h1>") && page.output.contains("<table>"))
  }

  /// A wrong call, its exit code, and what its message must say.
  private static let wrongCalls: [(arguments: [String], status: Int32, message: String)] = [
    ([], 64, "Say what to compare"),
    (["a.prof"], 64, "Say what to compare"),
    (["a.prof", "b.prof", "c.prof"], 64, "OLD… --with NEW…"),
    (["--with", "b.prof"], 64, "before --with"),
    ([Tool.series, "--old", "..2026-01-05T09:06:00Z"], 64, "--new"),
    ([Tool.series, "--old", "yesterday", "--new", "1h.."], 64, "--old"),
    ([Tool.series, "--old", "..", "--new", "1h.."], 64, "--old"),
    ([Tool.series, "--old", "..1970-01-02T00:00:00Z", "--new", "1h.."], 66, "old side"),
    (["/nonexistent/a.prof", Tool.series], 66, "/nonexistent/a.prof: no such file"),
    ([Tool.series, Tool.series, "--sort", "weight"], 64, "--sort"),
    ([Tool.series, Tool.series, "--function", "("], 64, "cannot read the regular expression"),
  ]

  @Test(arguments: wrongCalls.indices)
  func `a wrong call is refused with its reason and code`(index: Int) throws {
    let call = Self.wrongCalls[index]
    let outcome = try Tool.run(["diff"] + call.arguments)
    #expect(outcome.status == call.status, "\(call.arguments): \(outcome.errors)")
    #expect(outcome.errors.contains(call.message), "\(call.arguments): \(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test(.enabled(if: Corpus.isPresent))
  func `clocks and kinds never mix`() throws {
    let clocks = try Tool.run([
      "diff", Corpus.path("dumps/mutual_recursion-py313-profile.prof"),
      Corpus.path("dumps/mutual_recursion-py313-cprofile.prof"),
    ])
    #expect(clocks.status == 64 && clocks.errors.contains("more than one clock"))
  }
}
#endif
