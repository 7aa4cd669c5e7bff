// SPDX-License-Identifier: Apache-2.0

import Foundation

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

  /// Runs `strata` to its end.
  static func run(
    _ arguments: [String],
    environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = process(arguments, environment: environment)
    let folder = try TemporaryFolder()
    // Files, not pipes: a full pipe would stop the program.
    process.standardOutput = try folder.newFile("output")
    process.standardError = try folder.newFile("errors")
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationReason == .exit
        ? process.terminationStatus : -process.terminationStatus,
      output: try folder.text("output"),
      errors: try folder.text("errors")
    )
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

/// A folder that goes with the test that made it.
final class TemporaryFolder {
  let url: URL

  var path: String { url.path }

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "strata-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  func file(_ name: String) -> String {
    url.appending(path: name).path
  }

  func newFile(_ name: String) throws -> FileHandle {
    try Data().write(to: url.appending(path: name))
    return try FileHandle(forWritingTo: url.appending(path: name))
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appending(path: name)), as: UTF8.self)
  }
}
