// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataTestSupport
import Testing

@Suite struct InfoCommandTests {
  private static func json(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try Tool.run(["info", "--format", "json"] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require(object as? [String: Any])
  }

  @Test func `dumps have a range, kinds, functions and labels`() throws {
    let outcome = try Tool.run(["info", Tool.series])
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines[0] == Tool.series)
    #expect(
      lines[1].hasPrefix("  captures    600, 2026-01-05T09:00:00.771Z to 2026-01-05T09:11:22")
    )
    #expect(lines[2] == "  traced      600, wall clock")
    #expect(lines.contains { $0.hasPrefix("  endpoint  parse ") && $0.contains("208  34.7 %") })
    #expect(lines.last == "            … 1 more: --key input")
  }

  @Test func `a store, pruned or not, and its dumps hold the same`() throws {
    let folder = try TemporaryFolder()
    let store = folder("s.db")
    try Tool.storeSeries(store)
    let dumps = try Self.json([Tool.series])
    func check(_ object: [String: Any]) {
      for key in ["captures", "kinds", "labels", "functions"] {
        #expect(object[key] as? NSObject == dumps[key] as? NSObject, "\(key)")
      }
    }
    check(try Self.json(["--store", store]))
    let prune = ["store", "prune", "--store", store, "--captures", "1s", "--minutes", "never"]
    #expect(try Tool.run(prune).status == 0)
    check(try Self.json(["--store", store]))
  }

  @Test func `a key shows all its values`() throws {
    let all = try Self.json([Tool.series])
    let labels = try #require(all["labels"] as? [[String: Any]])
    #expect(labels.compactMap { $0["key"] as? String } == ["endpoint", "input"])
    #expect(labels[1]["valueCount"] as? Int == 11)
    #expect((labels[1]["values"] as? [Any])?.count == 10)
    let one = try Self.json([Tool.series, "--key", "input"])
    let input = try #require((one["labels"] as? [[String: Any]])?.first)
    let values = try #require(input["values"] as? [[String: Any]])
    #expect(values.count == 11)
    #expect(values.compactMap { $0["captures"] as? Int }.reduce(0, +) == 600)
    let refused = try Tool.run(["info", Tool.series, "--key", "color"])
    #expect(refused.status == 64)
    #expect(
      refused.errors.contains("no capture has the label 'color': the labels are endpoint, input")
    )
  }

  @Test func `captures without a label are a row of their own`() throws {
    let folder = try TemporaryFolder()
    let store = folder("s.db")
    let dump = Tool.series + "/dumps"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: dump).min())
    for (number, label) in [["--label", "a=1"], ["--label", "b=2"], []].enumerated() {
      let time = ["--timestamp", "\(1_767_603_600 + number)"]
      let arguments = ["import", "\(dump)/\(name)", "--store", store] + time + label
      #expect(try Tool.run(arguments).status == 0)
    }
    let labels = try Self.json(["--store", store])["labels"] as? [[String: Any]]
    let values = try #require(labels?.first?["values"] as? [[String: Any]])
    #expect(values.count == 2 && values[0]["value"] is NSNull && values[0]["captures"] as? Int == 2)
    #expect(values[0]["firstStart"] as? String == "2026-01-05T09:00:01Z")
    #expect(try Tool.run(["info", "--store", store]).output.contains("(no a)"))
  }

  @Test func `nothing is held by nothing`() throws {
    let folder = try TemporaryFolder()
    #expect(try Tool.run(["info", "--store", folder("absent.db")]).status == 66)
    #expect(!FileManager.default.fileExists(atPath: folder("absent.db")))
    #expect(try Tool.run(["info", "--content", Tool.series]).status == 64)
  }
}
#endif
