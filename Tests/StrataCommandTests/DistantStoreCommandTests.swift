// SPDX-License-Identifier: Apache-2.0

#if Tools

import ArgumentParser
import Foundation
import StrataCore
import StrataQuery
import StrataTestSupport
import Testing

@testable import StrataCommand

/// The commands on a store that answers late, fails now and then, has no snapshot and hashes functions.
///
/// What they write is what they write from the embedded store.
struct DistantStoreCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Runs a command in this process, with the store behind the scheme `distant`.
  private func run(_ arguments: [String], on store: DistantStore) async throws {
    let choice = StoreChoice(scheme: "distant") { _, _, _ in store }
    try await StoreChoice.$additional.withValue([choice]) {
      var command = try Strata.parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    }
  }

  /// An import that fails on the way is repeated, as people do it.
  private func filled() async throws -> DistantStore {
    let store = DistantStore(seed: 5, failureRate: 150)
    while true {
      do {
        try await run(["import", Tool.series, "--store", "distant:x", "--jobs", "2"], on: store)
        return store
      } catch is DistantStore.Unreachable {
        continue
      }
    }
  }

  @Test func `import, slices, inputs, diff, report and flame run on it`() async throws {
    let distant = try await filled()
    try Tool.storeSeries(folder("a.db"))
    let questions = [
      ["slices", "--every", "1m", "--format", "json"],
      ["slices", "--every", "30s", "--by", "file", "--stat", "mean", "--format", "csv"],
      [
        "slices", "--every", "1m", "--by", "label:input", "--metric", "cumulative", "--function",
        "parse",
      ],
      ["inputs", "--format", "json"],
      [
        "diff", "--before", "..2026-01-05T09:06:00Z", "--after", "2026-01-05T09:06:00Z..",
        "--format", "json",
      ],
      // In the order of the names: a document names its store, and numbers are given by the store.
      ["report", "--sort", "stdname", "--format", "csv"],
      ["report", "--sort", "stdname", "--format", "ndjson"],
      ["flame"],
    ]
    for (number, question) in questions.enumerated() {
      let (here, there) = (folder("here-\(number)"), folder("there-\(number)"))
      let outcome = try Tool.run(question + ["--store", folder("a.db"), "-o", here])
      #expect(outcome.status == 0, "\(question): \(outcome.errors)")
      var tries = 0
      while true {
        tries += 1
        do {
          try await run(question + ["--store", "distant:x", "-o", there], on: distant)
          break
        } catch is DistantStore.Unreachable where tries < 100 {
          continue
        }
      }
      let files = FileManager.default
      let (expected, found) = (files.contents(atPath: here), files.contents(atPath: there))
      #expect(found == expected, "\(question)")
      #expect(found?.isEmpty == false)
    }
  }

  @Test func `what it cannot do is said`() async throws {
    let store = DistantStore(seed: 1)
    for command in [["prune"], ["verify"], ["compact"], ["backup", folder("x")]] {
      let error = await caught(as: CommandError.self) {
        try await run(["store"] + command + ["--store", "distant:x"], on: store)
      }
      #expect(error?.description.hasPrefix("distant:x: stores of this kind cannot ") == true)
      #expect(error?.code == .usage)
    }
  }
}
#endif
