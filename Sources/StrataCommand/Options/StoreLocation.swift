// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataQuery
import StrataSQLite

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

  /// The file that is meant.
  var path: String {
    if let store { return store }
    if let store = Terminal.variable("STRATA_STORE") { return store }
    if let data = Terminal.variable("XDG_DATA_HOME") { return data + "/strata/strata.db" }
    return (Terminal.variable("HOME") ?? ".") + "/.local/share/strata/strata.db"
  }

  /// Opens a store that must be there.
  func openForReading() throws -> SQLiteStore {
    try SQLiteStore.open(path: path, mode: .readOnly)
  }

  /// Opens a store, and creates it where there is none, unless it must be there.
  ///
  /// One that an older Strata wrote is upgraded, which is said: it may take minutes.
  func openForWriting(create: Bool = true) throws -> SQLiteStore {
    var bar: ProgressBar?
    defer { bar?.clear() }
    return try SQLiteStore.open(path: path, mode: .readWrite(create: create)) { done, total in
      if bar == nil {
        Diagnostics.print("strata: \(path): upgrading the store of an older Strata")
        bar = ProgressBar(total: total)
      }
      bar?.update(done: done, of: total)
      return true
    }
  }
}
#endif
