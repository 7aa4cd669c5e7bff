// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser

/// `strata store`: what keeps a store in order.
struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store",
    abstract: "Verify a store, let what is old go, add up slices ahead.",
    subcommands: [StoreVerify.self, StorePrune.self, StoreRollup.self]
  )
}
#endif
