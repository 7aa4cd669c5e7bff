// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataTestSupport

/// The built `strata`, while it runs.
final class RunningTool {
  private let process: Process
  private let folder: TemporaryFolder

  /// Starts `strata`; its output goes into files of their own.
  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    process = Tool.process(arguments, environment: environment)
    for (name, isOutput) in [("output", true), ("errors", false)] {
      let file = try FileHandle(forWritingTo: URL(filePath: folder.write(name, [])))
      if isOutput { process.standardOutput = file } else { process.standardError = file }
    }
    try process.run()
  }

  /// What was printed so far.
  var output: String { (try? folder.text("output")) ?? "" }

  /// Sends a signal to `strata` alone.
  func send(_ signal: Int32) {
    kill(process.processIdentifier, signal)
  }

  /// Waits for the end.
  func end() throws -> Tool.Outcome {
    process.waitForEnd()
    return Tool.Outcome(
      status: process.terminationReason == .exit
        ? process.terminationStatus : -process.terminationStatus,
      output: output,
      errors: try folder.text("errors")
    )
  }
}
#endif
