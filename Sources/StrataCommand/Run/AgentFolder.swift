// SPDX-License-Identifier: Apache-2.0

#if Tools
// Bundle and Process: where this program is, and what an interpreter says.
import Foundation
import StrataExport
import StrataFormats
import StrataSpool

/// Where the Python agent is: the folder that makes a Python program profile itself.
struct AgentFolder {
  /// The interpreter that is asked for the package.
  let python: String

  /// The folder that goes first on the path of Python's modules.
  ///
  /// - Throws: ``CommandError`` that says where it was looked for, and what to do.
  func inject() throws -> String {
    if let folder = Terminal.variable("STRATA_AGENT") {
      if let found = Self.inject(in: folder + "/strata_agent") { return found }
      throw CommandError(
        .unavailable,
        "STRATA_AGENT is \(folder): expected a folder that contains "
          + "strata_agent/inject/sitecustomize.py, found none; set it to agent/src in Strata's "
          + "source, or unset it"
      )
    }
    if let found = installed.flatMap(Self.inject(in:)) ?? besideExecutable { return found }
    throw CommandError(
      .unavailable,
      "cannot find the Python agent: \(python) has no package strata_agent, and there is none "
        + "beside this program; install it for that interpreter (\(python) -m pip install agent, "
        + "in Strata's source), choose another one with --python, or set STRATA_AGENT to the "
        + "folder that contains strata_agent"
    )
  }

  /// The package that the interpreter would import.
  ///
  /// It is found, not imported: an import could take modules of the current folder in place of
  /// those that the package needs.
  private var installed: String? {
    let code = """
      import sys
      sys.path = [entry for entry in sys.path if entry]
      for finder in sys.meta_path:
        spec = finder.find_spec("strata_agent", None)
        if spec is not None and spec.submodule_search_locations:
          print(list(spec.submodule_search_locations)[0])
          break
      """
    return Program.find(python).flatMap { Program.output(of: $0, ["-c", code]) }
  }

  private var besideExecutable: String? {
    guard let executable = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return nil }
    var folder = executable.deletingLastPathComponent()
    let prefix = folder.deletingLastPathComponent()
    var places = ["lib/strata/agent", "share/strata/agent"].map { prefix.appending(path: $0).path }
    // In a checkout, somewhere below which this was built.
    while folder.path != "/", folder.pathComponents.count > 1 {
      places.append(folder.appending(path: "agent/src").path)
      folder.deleteLastPathComponent()
    }
    return places.lazy.compactMap { Self.inject(in: $0 + "/strata_agent") }.first
  }

  private static func inject(in package: String) -> String? {
    let folder = URL(fileURLWithPath: package + "/inject").path
    return (try? RegularFile.kind(of: folder + "/sitecustomize.py")) == .file ? folder : nil
  }
}

/// Other programs, which are asked for something.
enum Program {
  /// The path of a program, looked for as a shell does; nil where there is none that can be run.
  static func find(_ name: String) -> String? {
    let places = name.contains("/") ? [name] : paths.map { $0 + "/" + name }
    return places.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static var paths: [String] {
    (Terminal.variable("PATH") ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
  }

  /// The line that a program prints; nil where it fails.
  static func output(of program: String, _ arguments: [String]) -> String? {
    let pipe = Pipe()
    guard let process = start(program, arguments, output: pipe) else { return nil }
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").last.map(String.init)
  }

  /// Starts a program that says nothing; nil where it cannot be run.
  static func start(
    _ program: String,
    _ arguments: [String],
    output: Any = FileHandle.nullDevice
  ) -> Process? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return nil }
    return process
  }
}
#endif
