// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser

/// `strata store rollup`: slices added up, as an import does at its end.
struct StoreRollup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollup",
    abstract: "Add up the slices that have ended, so that questions over long ranges are fast.",
    discussion: """
      An import does so at its end; this is for one that was cut off. Answers are the same with and \
      without.

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
