// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataTestSupport
import Testing

@Suite struct CommandErrorTests {
  /// A wrong call, its exit code, and what its message must say.
  private static let wrongCalls: [(arguments: [String], status: Int32, message: String)] = [
    (["slices", "--every", "ten"], 64, "--every"),
    (["slices", "--every", "0s", Tool.series], 64, "at least 1 ns"),
    (["slices", "--metric", "cpu", Tool.series], 64, "--metric"),
    (["slices", "--where", "endpoint", Tool.series], 64, "cannot read the condition 'endpoint'"),
    (["slices", "--function", "(", Tool.series], 64, "cannot read the regular expression '('"),
    (["slices", "--metric", "cumulative", "--by", "file", Tool.series], 64, "use --metric self"),
    (["slices", "--every", "1ns", Tool.series], 64, "choose wider slices with --every"),
    (["slices", "--store", "a.db", Tool.series], 64, "Specify dumps or --store"),
    (["slices", "--store", "/nonexistent/a.db"], 66, "/nonexistent/a.db"),
    (["report", "/nonexistent/a.prof"], 66, "/nonexistent/a.prof: no such file"),
    (["report", "/dev/zero"], 66, "/dev/zero: expected a regular file"),
    (["frobnicate"], 64, "frobnicate"),
  ]

  @Test(arguments: wrongCalls.indices)
  func `a wrong call is refused with its reason and code`(index: Int) throws {
    let call = Self.wrongCalls[index]
    let outcome = try Tool.run(call.arguments)
    #expect(outcome.status == call.status, "\(call.arguments): \(outcome.errors)")
    #expect(outcome.errors.contains(call.message), "\(call.arguments): \(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test func `a file that is no store is refused and left as it is`() throws {
    let folder = try TemporaryFolder()
    let text = Data("this is no database, but long enough to be taken for one".utf8)
    for command in [["slices"], ["inputs"], ["import", Tool.series]] {
      try text.write(to: URL(filePath: folder("foreign.db")))
      let outcome = try Tool.run(command + ["--store", folder("foreign.db")])
      #expect(outcome.status == 65, "\(outcome.errors)")
      #expect(outcome.errors.contains("foreign.db"))
      #expect(try Data(contentsOf: URL(filePath: folder("foreign.db"))) == text)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["foreign.db"])
    }
  }

  @Test func `control characters of a path do not reach the terminal`() throws {
    let outcome = try Tool.run(["report", "/nonexistent/\u{1B}[31mred.prof"])
    #expect(outcome.status == 66)
    #expect(!outcome.errors.contains("\u{1B}"))
    #expect(outcome.errors.contains("\\x1b[31mred.prof"))
  }
}
#endif
