// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataTestSupport
import Testing

@Suite struct FlameCommandTests {
  /// One dump of the bundled series.
  private static let dump = Tool.series + "/dumps/20260105T090000.771Z_render_short.prof"

  @Test func `a dump becomes one picture that names it`() throws {
    let outcome = try Tool.run(["flame", Self.dump])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("<svg xmlns="))
    #expect(outcome.output.hasSuffix("</svg>\n"))
    #expect(
      outcome.output.contains(
        ">20260105T090000.771Z_render_short.prof · traced · wall clock</text>"
      )
    )
    #expect(outcome.output.contains("width=\"1200\""))
  }

  @Test func `dumps and a store of them give the same picture`() throws {
    let folder = try TemporaryFolder()
    let store = folder("same.db")
    try Tool.storeSeries(store)
    for selection in [[], ["--where", "endpoint=search", "--since", "2026-01-05T09:06:00Z"]] {
      let fromStore = try Tool.run(["flame", "--store", store, "--min-share", "1%"] + selection)
      let fromDumps = try Tool.run(["flame", Tool.series, "--min-share", "0.01"] + selection)
      #expect(fromStore.status == 0, "\(fromStore.errors)")
      #expect(fromStore.output == fromDumps.output)
      #expect(fromStore.output.contains("captures"))
    }
  }

  @Test func `every form has the same tree`() throws {
    func output(_ format: String, _ options: [String] = []) throws -> String {
      let outcome = try Tool.run(
        ["flame", Tool.series, "--min-share", "2%", "--format", format] + options
      )
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.output
    }
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(try output("json").utf8)) as? [String: Any]
    )
    #expect(object["schema"] as? String == "strata/flame/1")
    let nodes = try #require(object["nodes"] as? [[String: Any]])
    let times = try nodes.map { try #require($0["cumulativeTime"] as? Int) }
    #expect(times[0] == object["totalTime"] as? Int)
    // A node's time is its own, its children's, and what is hidden.
    for (index, node) in nodes.enumerated() {
      let below = nodes.indices.filter { nodes[$0]["parent"] as? Int == index }.map { times[$0] }
      let own = try #require(node["selfTime"] as? Int) + #require(node["hiddenTime"] as? Int)
      #expect(times[index] == own + below.reduce(0, +))
    }
    #expect(try output("ndjson").split(separator: "\n").count == nodes.count)
    #expect(try output("csv").split(separator: "\n").count == nodes.count + 1)
    #expect(try output("table").split(separator: "\n").count == nodes.count + 1)
    #expect(try output("html", ["--title", "T"]).contains("<svg xmlns="))
    let text = try output("text", ["--width", "72"])
    #expect(text.contains("├╴") && text.contains("everything"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 72 })
    // Each node has a line; what is hidden in one that has others below has one, too.
    #expect(text.split(separator: "\n").count(where: { $0.contains(" %  ") }) >= nodes.count)
  }

  @Test func `folders can be left out and the picture named`() throws {
    let plain = try Tool.run(["flame", Self.dump])
    let stripped = try Tool.run(["flame", Self.dump, "--strip-dirs", "--title", "A <title>"])
    #expect(plain.output.contains("<title>/"))
    #expect(!stripped.output.contains("<title>/"))
    #expect(stripped.output.contains(">A &lt;title&gt;</text>"))
  }

  @Test func `a larger share makes a smaller picture`() throws {
    let folder = try TemporaryFolder()
    for share in ["0", "5%"] {
      let outcome = try Tool.run([
        "flame", Self.dump, "--min-share", share, "-o", folder("\(share).svg"), "--width", "800",
      ])
      #expect(outcome.status == 0)
      #expect(outcome.output.isEmpty)
    }
    let (all, few) = (try folder.text("0.svg"), try folder.text("5%.svg"))
    #expect(few.count < all.count)
    #expect(few.contains("width=\"800\""))
  }

  @Test(arguments: [
    ["--width", "100"], ["--min-share", "2"], ["--min-share", "x"], ["--store", "also.db"],
  ])
  func `a wrong call is told`(arguments: [String]) throws {
    #expect(try Tool.run(["flame", Self.dump] + arguments).status == 64)
  }

  @Test func `two kinds are not added up`() throws {
    let folder = try TemporaryFolder()
    let store = folder("kinds.db")
    for kind in ["traced", "sampled"] {
      let stored = try Tool.run(
        [
          "import", "--store", store, Self.dump, "--kind", kind, "--timestamp",
          kind == "traced" ? "2026-01-05T09:00:00Z" : "2026-01-05T10:00:00Z",
        ]
      )
      #expect(stored.status == 0, "\(stored.errors)")
    }
    let refused = try Tool.run(["flame", "--store", store])
    #expect(refused.status == 64)
    #expect(refused.errors.contains("choose one with --where @kind=traced"))
    let chosen = try Tool.run(["flame", "--store", store, "--where", "@kind=sampled"])
    #expect(chosen.status == 0)
    #expect(chosen.output.contains("All times are estimates from samples."))
  }

  @Test func `a bad dump does not spoil the others`() throws {
    let folder = try TemporaryFolder()
    let bad = try folder.write("bad.prof", "nonsense".utf8)
    let outcome = try Tool.run(["flame", bad, Self.dump])
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("bad.prof"))
    #expect(outcome.output.hasSuffix("</svg>\n"))
    #expect(try Tool.run(["flame", folder("none.prof")]).status == 66)
  }

  @Test func `nothing selected is a picture that says so`() throws {
    let outcome = try Tool.run(["flame", Tool.series, "--where", "endpoint=nowhere"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("No time was recorded in this profile."))
    #expect(outcome.output.contains("0 captures · endpoint=nowhere"))
  }
}
#endif
