// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataQuery

/// `strata store upgrade`: a store of an older Strata, brought up to date.
struct StoreUpgrade: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade",
    abstract: "Upgrade a store that an older version of Strata wrote.",
    discussion: """
      The store is changed in place, a few rows at a time. If the upgrade is interrupted, run it \
      again: it continues where it stopped, and nothing is lost. During the upgrade the store \
      cannot be read or written; afterwards older versions refuse it. 'strata import' upgrades the \
      store it writes to.

      EXAMPLES
        strata store upgrade
        strata store backup before.db --store team.db && strata store upgrade --store team.db

      EXIT CODES
        0 the store is up to date; 65 it is damaged or of a newer version, and unchanged; 66 it \
      is missing; 69 the disk is full or failed
      """
  )

  @OptionGroup var location: StoreLocation

  func run() async throws {
    _ = try await location.open(.writing(create: false))
    print("up to date: \(location.name)")
  }
}
#endif
