// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataTestSupport
import Testing

@Suite struct SlicesCommandTests {
  @Test func `dumps and a store of them give the same answers`() throws {
    let folder = try TemporaryFolder()
    let store = folder("same.db")
    try Tool.storeSeries(store)
    let questions = [
      ["slices", "--every", "10s", "--format", "json"],
      ["slices", "--every", "1m", "--metric", "cumtime", "--align", "first", "--format", "json"],
      ["slices", "--every", "1m", "--stat", "p95", "--top", "5", "--format", "json"],
      ["slices", "--metric", "ncalls", "--by", "label:input", "--format", "csv"],
      ["slices", "--by", "module", "--where", "endpoint=search", "--format", "ndjson"],
      ["slices", "--metric", "self-per-call", "--strip-dirs", "--function", "difflib.*ratio"],
      ["slices", "--metric", "duration", "--format", "json"],
      ["slices", "--metric", "duration", "--by", "label:endpoint", "--stat", "mean"],
      ["slices", "--metric", "duration", "--by", "label:input", "--stat", "p95", "--top", "2"],
      ["inputs", "--format", "json"],
    ]
    for question in questions {
      let fromStore = try Tool.run(question + ["--store", store])
      let fromDumps = try Tool.run(question + [Tool.series])
      #expect(fromStore.status == 0, "\(question): \(fromStore.errors)")
      #expect(fromStore.output == fromDumps.output, "\(question)")
    }
  }

  @Test(
    arguments: [
      ("text", "Duration of captures in slices of 1 min"), ("table", "total (s)"),
      ("svg", "Duration of captures in slices of 1 min"),
      ("html", "Duration of captures in slices of 1 min"), ("json", #""metric":"duration""#),
      ("csv", ",all,duration,sum,ns,"), ("ndjson", #""metric":"duration""#),
    ]
  )
  func `the duration of captures is in every output`(format: String, text: String) throws {
    let folder = try TemporaryFolder()
    let store = folder("durations.db")
    let dumps = ["import", "--store", store, "--duration", "250ms", Tool.series]
    #expect(try Tool.run(dumps).status == 0)
    let outcome = try Tool.run([
      "slices", "--store", store, "--metric", "duration", "--every", "1m", "--format", format,
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains(text))
  }

  @Test(arguments: [["--by", "function"], ["--by", "module"], ["--function", "f"]])
  func `the duration of captures has no functions`(options: [String]) throws {
    let outcome = try Tool.run(["slices", Tool.series, "--metric", "duration"] + options)
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("whole captures"))
  }

  @Test func `colours are off in a pipe and can be forced`() throws {
    let plain = try Tool.run(["slices", Tool.series])
    #expect(plain.status == 0)
    #expect(!plain.output.contains("\u{1B}"))
    let colored = try Tool.run(
      ["slices", "--color", "always", Tool.series],
      environment: ["COLORTERM": "truecolor"]
    )
    #expect(colored.output.contains("\u{1B}[0;38;2;"))
    let never = try Tool.run(["slices", "--color", "never", Tool.series])
    #expect(never.output == plain.output)
  }

  @Test func `the regression is where it is known to be`() throws {
    let outcome = try Tool.run([
      "inputs", Tool.series, "--where", "endpoint=search", "--since", "2026-01-05T09:06:00Z",
      "--key", "input", "--format", "csv",
    ])
    let first = outcome.output.split(separator: "\n").dropFirst().first ?? ""
    #expect(first.hasPrefix("input,typo,32,113441862,"))
    #expect(first.contains("difflib.py"))
  }

  @Test func `output goes to a file as a whole`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Tool.run([
      "slices", Tool.series, "--format", "json", "-o", folder("slices.json"),
    ])
    #expect(outcome.status == 0)
    #expect(outcome.output.isEmpty)
    let object = try JSONSerialization.jsonObject(with: Data(folder.text("slices.json").utf8))
    #expect((object as? [String: Any])?["schema"] as? String == "strata/slices/1")
    let refused = try Tool.run(["slices", Tool.series, "-o", "/nonexistent/folder/x"])
    #expect(refused.status == 73)
  }

  @Test func `output replaces what a link names, and no link or device`() throws {
    let folder = try TemporaryFolder()
    try folder.write("old.csv", "old".utf8)
    try FileManager.default.createSymbolicLink(
      atPath: folder("link.csv"),
      withDestinationPath: folder("old.csv")
    )
    let question = ["slices", Tool.series, "--format", "csv", "-o"]
    #expect(try Tool.run(question + [folder("link.csv")]).status == 0)
    #expect(try folder.text("old.csv").hasPrefix("start,"))
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: folder("link.csv"))
    #expect(link == folder("old.csv"))
    #expect(try Tool.run(question + ["/dev/stdout"]).output.hasPrefix("start,"))
    #expect(try Tool.run(question + ["/dev/null"]).status == 0)
    let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type]
    #expect(type as? FileAttributeType == .typeCharacterSpecial)
    #expect(try Tool.run(question + [folder.path]).status == 73)
  }
}
#endif
