// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataCore
import StrataQuery
import StrataSQLite
import StrataTestSupport
import StrataTesting
import Testing

@Suite struct StoreKeepingTests {
  private let folder: TemporaryFolder
  private let store: String

  init() throws {
    folder = try TemporaryFolder()
    store = folder("series.db")
    try Tool.storeSeries(store)
  }

  private func records(_ path: String) async throws -> [RecordImage] {
    var images: [RecordImage] = []
    try await SQLiteStore.open(path: path, mode: .readOnly).read { snapshot in
      try await snapshot.forEachCapture(.all) { images.append(RecordImage($0)) }
    }
    return images
  }

  @Test func `info prints what a store holds as text and JSON`() async throws {
    let text = try Tool.run(["info", "--store", store])
    #expect(text.status == 0)
    #expect(text.output.contains("captures    600, 2026-01-05T09:00:00"))
    #expect(!text.output.contains("content"))
    let json = try Tool.run(["info", "--store", store, "--content", "--format", "json"])
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(object?["schema"] as? String == "strata/info/1")
    let captures = object?["captures"] as? [String: Any]
    #expect(captures?["count"] as? Int == 600)
    var rows = 0
    try await SQLiteStore.open(path: store, mode: .readOnly).read { snapshot in
      try await snapshot.forEachCapture(.all) { rows += $0.profile.rows.count }
    }
    #expect((object?["rows"] as? [String: Any])?["functions"] as? Int == rows)
    let file = object?["file"] as? [String: Any]
    let bytes = try FileManager.default.attributesOfItem(atPath: store)[.size] as? Int
    #expect(file?["bytes"] as? Int == bytes)
    let content = object?["content"] as? [String: Int]
    #expect(try #require(content?["functions"]) > rows)
    let levels = object?["rollups"] as? [[String: Any]]
    #expect(levels?.compactMap { $0["level"] as? String } == ["minute", "hour", "day"])
    #expect(levels?.first?["waitingSlices"] as? Int == 0)
  }

  @Test func `an export that is imported is the same store`() async throws {
    // Two with what an index of programs does not say.
    let given = try Tool.run([
      "import", "--store", store, "--timestamp", "2026-01-06T09:00:00.000000001Z", "--duration",
      "1.5s", "--clock", "cpu", "--kind", "sampled", "--label", "a=\"é\n",
      Tool.series + "/dumps/20260105T090000.771Z_render_short.prof",
    ])
    #expect(given.status == 0)
    let exported = try Tool.run(["store", "export", "--store", store, folder("dumps")])
    #expect(exported.status == 0, "\(exported.errors)")
    #expect(exported.output == "601 captures written: \(folder("dumps"))\n")
    let copy = folder("copy.db")
    #expect(try Tool.run(["import", "--store", copy, folder("dumps")]).status == 0)
    #expect(try await records(copy) == records(store))
    let again = try Tool.run(["import", "--store", store, folder("dumps")])
    #expect(again.output.hasPrefix("601 dumps: 0 stored, 601 already known, 0 failed in "))
  }

  @Test func `an export takes what is selected, and a folder that is empty`() throws {
    let options = [
      "--store", store, "--where", "endpoint=search", "--since", "2026-01-05T09:06:00Z",
    ]
    let exported = try Tool.run(["store", "export", folder("dumps")] + options)
    #expect(exported.status == 0)
    let captures = try Tool.run(
      ["slices", "--metric", "captures", "--every", "1d", "--format", "json"] + options
    )
    let object = try JSONSerialization.jsonObject(with: Data(captures.output.utf8))
    let slices = (object as? [String: Any])?["slices"] as? [[String: Any]]
    let count = try #require(slices?.first?["captures"] as? Int)
    #expect(exported.output == "\(count) captures written: \(folder("dumps"))\n")
    let refused = try Tool.run(["store", "export", folder("dumps")] + options)
    #expect(refused.status == 73)
    #expect(try Tool.run(["store", "prune", "--store", store, "--captures", "1s"]).status == 0)
    let pruned = try Tool.run(["store", "export", folder("pruned"), "--store", store])
    #expect(pruned.status == 64)
    #expect(pruned.errors.contains("--since"))
    #expect(!FileManager.default.fileExists(atPath: folder("pruned")))
  }

  @Test func `a backup is a store, and no file is overwritten`() async throws {
    let backup = folder("new/backup.db")
    let outcome = try Tool.run(["store", "backup", "--store", store, backup])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("600 captures, "))
    #expect(try await records(backup) == records(store))
    #expect(try Tool.run(["store", "verify", "--store", backup]).status == 0)
    let again = try Tool.run(["import", "--store", backup, Tool.series])
    #expect(again.output.hasPrefix("600 dumps: 0 stored, 600 already known, 0 failed in "))
    let refused = try Tool.run(["store", "backup", "--store", store, backup])
    #expect(refused.status == 73)
    #expect(refused.errors.contains("the file was not changed"))
  }

  @Test func `compacting changes no answer`() throws {
    let query = ["slices", "--store", store, "--every", "1m", "--format", "csv"]
    let before = try Tool.run(query)
    let outcome = try Tool.run(["store", "compact", "--store", store])
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("0 slices rolled up, 0 unused function lists removed; "))
    #expect(try Tool.run(query).output == before.output)
  }

  @Test(arguments: [["compact"], ["backup", "x.db"], ["export", "x"]])
  func `a store that is not there is no input`(arguments: [String]) throws {
    let command = arguments[0..<1] + arguments.dropFirst().map { folder($0) }
    let outcome = try Tool.run(["store"] + command + ["--store", folder("absent.db")])
    #expect(outcome.status == 66)
    #expect(!FileManager.default.fileExists(atPath: folder("absent.db")))
  }
}
#endif
