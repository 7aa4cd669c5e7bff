// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser

/// `strata store rollup`: slices added up, as an import does at its end.
struct StoreRollup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollup",
    abstract: "Sum slices that have ended, so that queries over long ranges are fast.",
    discussion: """
      Every import does this at its end; use this command after an import that was interrupted. \
      Results are the same with and without roll-ups.

      EXAMPLES
        strata store rollup --store team.db
      """
  )

  @OptionGroup var location: StoreLocation

  func run() async throws {
    let slices = try await location.open(.writing(create: false)).rollUpEndedSlices()
    print("\(slices) slice\(slices == 1 ? "" : "s") rolled up: \(location.name)")
  }
}
#endif
