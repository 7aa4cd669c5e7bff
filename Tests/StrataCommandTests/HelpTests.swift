// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import Testing

@Suite struct HelpTests {
  @Test(arguments: ["run", "import", "slices", "inputs", "diff", "report", "browse", "flame"])
  func `each command has a manual with examples`(command: String) throws {
    let outcome = try Tool.run([command, "--help"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("EXAMPLES"))
    #expect(outcome.output.contains("strata \(command)"))
    #expect(try Tool.run(["help", command]).output == outcome.output)
  }

  @Test(arguments: ["info", "verify", "prune", "compact", "rollup", "backup", "export"])
  func `each command about stores has a manual with examples`(command: String) throws {
    let outcome = try Tool.run(["store", command, "--help"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("EXAMPLES\n  strata store \(command)"))
  }

  @Test func `the version is a version`() throws {
    let outcome = try Tool.run(["--version"])
    #expect(outcome.status == 0)
    #expect(outcome.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `shells can complete`(shell: String) throws {
    let outcome = try Tool.run(["--generate-completion-script", shell])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("slices"))
  }
}
#endif
