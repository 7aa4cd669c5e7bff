// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser

/// `strata store`: what keeps a store in order.
struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store",
    abstract: "See what a store holds, verify it, let what is old go, copy it.",
    discussion: """
      EXAMPLES
        strata store info
        strata store backup nightly.strata
        strata store prune --captures 14d
      """,
    subcommands: [
      StoreInfo.self, StoreVerify.self, StorePrune.self, StoreCompact.self, StoreRollup.self,
      StoreBackup.self, StoreExport.self, StoreUpgrade.self,
    ]
  )
}
#endif
