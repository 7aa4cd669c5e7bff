// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser

/// `strata store`: what keeps a store in order.
struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store",
    abstract: "Maintain a store: verify, prune, back up, export, upgrade.",
    discussion: """
      'strata info' shows what a store contains.

      EXAMPLES
        strata store backup nightly.strata
        strata store prune --captures 14d
      """,
    subcommands: [
      StoreVerify.self, StorePrune.self, StoreCompact.self, StoreRollup.self,
      StoreBackup.self, StoreExport.self, StoreUpgrade.self,
    ]
  )
}
#endif
