// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataQuery

/// Which store a command reads or writes.
struct StoreLocation: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The store file. (default: $STRATA_STORE, else ~/.local/share/strata/strata.db)",
      valueName: "file"
    ),
    completion: .file()
  )
  var store: String?

  /// The name of the store that is meant: a path, or a URL of another kind of store.
  var name: String {
    if let store { return store }
    if let store = Terminal.variable("STRATA_STORE") { return store }
    if let data = Terminal.variable("XDG_DATA_HOME") { return data + "/strata/strata.db" }
    return (Terminal.variable("HOME") ?? ".") + "/.local/share/strata/strata.db"
  }

  /// The file of the store, which no result may replace; nil for a store that is none.
  var file: String? {
    let (choice, place) = StoreChoice.choice(for: name)
    return choice.isFile ? place : nil
  }

  /// Opens the store.
  ///
  /// One that an older Strata wrote is upgraded when it is to be written, which is said: it may take
  /// minutes.
  func open(_ purpose: StoreChoice.Purpose) async throws -> any ProfileStore {
    let (choice, place) = StoreChoice.choice(for: name)
    var bar: ProgressBar?
    defer { bar?.clear() }
    return try await choice.open(place, purpose) { done, total in
      if bar == nil {
        Diagnostics.print("strata: \(place): upgrading a store of an older version")
        bar = ProgressBar(total: total)
      }
      bar?.update(done: done, of: total)
    }
  }

  /// The refusal where the store lacks a capability.
  func cannot(_ capability: String) -> CommandError {
    CommandError(.usage, "\(name): stores of this kind cannot \(capability)")
  }
}
#endif
