// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataTestSupport

/// The built `strata`, run as a user runs it.
struct Tool {
  /// What a run left behind.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// The folder that holds the built products: this test's own program stands in it.
  static let products: URL = {
    #if os(Linux)
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: program).deletingLastPathComponent()
    #else
    return Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
      .deletingLastPathComponent() ?? Bundle.main.bundleURL
    #endif
  }()

  /// The package's folder.
  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The bundled series of 600 dumps.
  static let series = package.appending(path: "Examples/regression").path

  /// Runs `strata` to its end; its result goes to a file that is returned, or to one that is there.
  static func run(
    _ arguments: [String],
    environment: [String: String] = [:],
    into path: String? = nil
  ) throws -> Outcome {
    let process = process(arguments, environment: environment)
    let folder = try TemporaryFolder()
    // Files, not pipes: a full pipe would stop the program.
    let output = try folder.newFile("output")
    process.standardOutput = try FileHandle(forWritingTo: path.map { URL(filePath: $0) } ?? output)
    process.standardError = try FileHandle(forWritingTo: folder.newFile("errors"))
    try process.run()
    process.waitForEnd()
    return Outcome(
      status: process.terminationReason == .exit
        ? process.terminationStatus : -process.terminationStatus,
      output: try folder.text("output"),
      errors: try folder.text("errors")
    )
  }

  /// A store of the series, as an import makes it.
  private static let seriesStore = Result { () throws -> Data in
    let folder = try TemporaryFolder()
    let outcome = try run(["import", "--store", folder("series.db"), series])
    guard outcome.status == 0 else { throw ImportFailure(errors: outcome.errors) }
    return try Data(contentsOf: URL(filePath: folder("series.db")))
  }

  private struct ImportFailure: Error {
    var errors: String
  }

  /// Writes a store of the series.
  ///
  /// It is imported once and then copied: that takes seconds, and many tests begin with it.
  static func storeSeries(_ path: String) throws {
    try seriesStore.get().write(to: URL(filePath: path))
  }

  /// A run that has not been started.
  static func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
    let process = Process()
    process.executableURL = products.appending(path: "strata")
    process.arguments = arguments
    process.environment = ["TZ": "UTC", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"]
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    return process
  }
}

extension TemporaryFolder {
  /// An empty file.
  fileprivate func newFile(_ name: String) throws -> URL {
    URL(filePath: try write(name, []))
  }
}
