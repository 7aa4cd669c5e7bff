// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataTestSupport
import Testing

@Suite struct DiffCommandTests {
  private static let search = [
    "--where", "endpoint=search", "--before", "..2026-01-05T09:06:00Z", "--after",
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
      ["diff", Tool.series, "--stat", "mean", "--strip-dirs", "--width", "160"] + Self.search
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
    try Tool.storeSeries(store)
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
        "--before", Tool.series, "--after", Tool.series, "--where", "endpoint=search", "--before",
        "..1767603960", "--after", "1767603960..",
      ]
    )
    #expect(parts["total"] as? NSDictionary == sides["total"] as? NSDictionary)
    let labels = try Self.json([
      Tool.series, "--before", "endpoint=search", "--after", "endpoint=search",
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

  @Test func `a side is a range, conditions or a path, and several of them hold together`() throws {
    func captures(_ before: [String], _ after: [String] = ["input=typo"]) throws -> Int {
      let sides = before.flatMap { ["--before", $0] } + after.flatMap { ["--after", $0] }
      let object = try Self.json([Tool.series] + sides)
      return try #require((object["before"] as? [String: Any])?["captures"] as? Int)
    }
    #expect(try captures(["input=typo"]) == 48)
    #expect(try captures(["input=typo,input=wide"]) == 92)
    #expect(try captures(["input=typo", "input=wide"]) == 92)
    #expect(try captures(["input!=typo", "endpoint=search"]) == 119)
    #expect(try captures(["endpoint=search", "..2026-01-05T09:06:00Z"]) == 90)
  }

  @Test func `paths of a side add up, and a file is a path whatever its name`() throws {
    let folder = try TemporaryFolder()
    let dumps = try Self.dumps()
    for (name, dump) in zip(["version=1.prof", "b.prof"], dumps) {
      try FileManager.default.copyItem(atPath: dump, toPath: folder(name))
    }
    let object = try Self.json([
      "--before", folder("version=1.prof"), "--before", folder("b.prof"), "--after", dumps[1],
    ])
    #expect((object["before"] as? [String: Any])?["captures"] as? Int == 2)
    #expect((object["after"] as? [String: Any])?["captures"] as? Int == 1)
    #expect(object["statistic"] as? String == "sum")
  }

  @Test func `captures of a store are compared with a dump`() throws {
    let folder = try TemporaryFolder()
    let store = folder("s.db")
    try Tool.storeSeries(store)
    let outcome = try Tool.run([
      "diff", "--store", store, "--before", "endpoint=search", "--after", try Self.dumps()[0],
      "--width", "500",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("before: \(store) · endpoint=search · 167 captures"))
    #expect(outcome.output.contains("after: \(try Self.dumps()[0]) · 1 capture"))
  }

  @Test func `a condition for both sides is no alternative to that of a side`() throws {
    let outcome = try Tool.run([
      "diff", Tool.series, "--where", "endpoint=search", "--before", "endpoint=parse", "--after",
      "input=typo",
    ])
    #expect(outcome.status == 66 && outcome.errors.contains("no captures on the --before side"))
  }

  /// A wrong call, its exit code, and what its message must say.
  private static let wrongCalls: [(arguments: [String], status: Int32, message: String)] = [
    ([], 64, "Specify what to compare"),
    (["a.prof"], 64, "Specify what to compare"),
    (["a.prof", "b.prof", "c.prof"], 64, "--before PATH --before PATH --after PATH"),
    (["--after", "b.prof"], 64, "--before and --after must be used together"),
    (
      [Tool.series, "--before", "..2026-01-05T09:06:00Z"], 64,
      "--before and --after must be used together"
    ),
    ([Tool.series, "--before", "yesterday..", "--after", "1h.."], 64, "yesterday..: no such file"),
    (["--before", "yesterday..", "--after", "1h.."], 66, "write a range as TIME..TIME"),
    ([Tool.series, "--before", Tool.series, "--after", "1h.."], 64, "is on neither side"),
    ([Tool.series, "--before", "..1970-01-02T00:00:00Z", "--after", "1h.."], 66, "--before side"),
    ([Tool.series, "--before", "input=none", "--after", "input=typo"], 66, "--before side"),
    (
      [Tool.series, "--before", "@kind=odd", "--after", "input=typo"], 64,
      "@kind must be traced, sampled"
    ),
    (["version=1.4", "version=1.5"], 66, "write --before 'version=1.4' --after"),
    (["2h..1h", "1h.."], 66, "write --before 2h..1h --after"),
    ([Tool.series, Tool.series, "--stat", "p95"], 64, "'sum' and 'mean'"),
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
