// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataTestSupport
import Testing

@Suite struct ImportCommandTests {
  private static let dumps = Tool.series + "/dumps"
  private static let dump = dumps + "/20260105T090000.771Z_render_short.prof"

  #if os(Linux)
  @Test func `lines that cannot be written are told once, and the dumps are durable`() throws {
    let folder = try TemporaryFolder()
    let store = ["--store", folder("a.db")]
    let outcome = try Tool.run(
      ["import", "--print-ids", Tool.series] + store,
      into: "/dev/full"
    )
    #expect(outcome.status == 73)
    #expect(outcome.errors == "strata: error: standard output: no space left on device\n")
    #expect(try Tool.run(["import", Tool.series] + store).output.contains("600 already known"))
  }
  #endif

  @Test func `an import again stores nothing`() throws {
    let folder = try TemporaryFolder()
    let store = folder("again.db")
    let first = try Tool.run(["import", "--store", store, Tool.series])
    #expect(first.status == 0)
    #expect(first.output.hasPrefix("600 dumps: 600 stored, 0 already known, 0 failed in "))
    #expect(first.errors.isEmpty)
    let second = try Tool.run(["import", "--store", store, "--jobs", "1", Tool.series])
    #expect(second.status == 0)
    #expect(second.output.hasPrefix("600 dumps: 0 stored, 600 already known, 0 failed in "))
  }

  @Test func `a bad dump is reported and does not stop the others`() throws {
    let folder = try TemporaryFolder()
    try folder.write("b-20260105T090001Z.prof", "{i".utf8)
    for name in ["a-20260105T090000Z.prof", "c-20260105T090002Z.prof"] {
      try FileManager.default.copyItem(atPath: Self.dump, toPath: folder(name))
    }
    let outcome = try Tool.run(["import", "--store", folder("some.db"), folder.path])
    #expect(outcome.status == 65)
    #expect(outcome.output.hasPrefix("3 dumps: 2 stored, 0 already known, 1 failed in "))
    #expect(outcome.errors.split(separator: "\n").count == 1)
    #expect(outcome.errors.contains("b-20260105T090001Z.prof: at byte 2: expected "))
  }

  @Test func `a missing path is no input`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Tool.run([
      "import", "--store", folder("x.db"), folder("absent.prof"),
    ])
    #expect(outcome.status == 66)
    #expect(outcome.errors.hasSuffix("absent.prof: no such file\n"))
    #expect(!FileManager.default.fileExists(atPath: folder("x.db")))
  }

  @Test func `labels come from the command line and from paths`() throws {
    let folder = try TemporaryFolder()
    let service = URL(filePath: folder("web/host-1"))
    try FileManager.default.createDirectory(at: service, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Self.dump,
      toPath: service.appending(path: "1767603600771.prof").path
    )
    let store = folder("labels.db")
    let imported = try Tool.run([
      "import", "--store", store, "--label", "zone=eu", "--path-labels", "{service}/{host}/*.prof",
      folder.path,
    ])
    #expect(imported.status == 0, "\(imported.errors)")
    for condition in ["service=web", "host=host-1", "zone=eu", "zone=~e.", "host!=host-2"] {
      let outcome = try Tool.run([
        "slices", "--store", store, "--metric", "captures", "--where", condition, "--format", "csv",
      ])
      #expect(outcome.output.split(separator: "\n").count == 2, "\(condition)")
      #expect(outcome.output.contains("2026-01-05T09:00:00Z"))
    }
  }

  @Test func `the store is found through the environment`() throws {
    let folder = try TemporaryFolder()
    let variable = try Tool.run(
      ["import", Self.dump],
      environment: ["STRATA_STORE": folder("variable.db")]
    )
    #expect(variable.output.hasSuffix(": \(folder("variable.db"))\n"))
    let data = try Tool.run(["import", Self.dump], environment: ["XDG_DATA_HOME": folder.path])
    #expect(data.output.hasSuffix(": \(folder("strata/strata.db"))\n"))
    #expect(FileManager.default.fileExists(atPath: folder("strata/strata.db")))
  }
}
#endif
