// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataQuery
import StrataSQLite

/// The stores that the command line can open: the only file that names them.
///
/// A new store is a line in ``all``: a name that begins with its scheme (`clickhouse://…`) is its own, and
/// a name without a scheme is the path of a file.
struct StoreChoice: Sendable {
  /// What a store is opened for.
  enum Purpose: Sendable {
    /// To be asked.
    case reading
    /// To be written; created where there is none, unless it must be there.
    case writing(create: Bool)
    /// To be copied unchanged, whatever its version.
    case backup
  }

  /// Opens a store.
  ///
  /// `upgrading` is called while a store of an older Strata is upgraded, with how much is done and how
  /// much there is.
  typealias Open =
    @Sendable (
      _ place: String,
      _ purpose: Purpose,
      _ upgrading: (_ done: Int, _ total: Int) -> Void
    ) async throws -> any ProfileStore

  /// The beginning of the names, without the colon.
  let scheme: String
  let open: Open

  /// Every store.
  static let all = [sqlite]

  /// Stores of tests, for the time of a task.
  @TaskLocal static var additional: [StoreChoice] = []

  /// The embedded store, whose names are paths.
  private static let sqlite = StoreChoice(scheme: "sqlite") { path, purpose, upgrading in
    switch purpose {
    case .reading: try SQLiteStore.open(path: path, mode: .readOnly)
    case .backup: try SQLiteStore.open(path: path, mode: .backup)
    case .writing(let create):
      try SQLiteStore.open(path: path, mode: .readWrite(create: create)) { done, total in
        upgrading(done, total)
        return true
      }
    }
  }

  /// The choice for a name, and the name without a scheme; a path is the embedded store's.
  static func choice(for name: String) -> (choice: StoreChoice, place: String) {
    for choice in additional + all where name.hasPrefix(choice.scheme + ":") {
      return (choice, String(name.dropFirst(choice.scheme.count + 1)))
    }
    return (sqlite, name)
  }

  /// Whether a store is a file, which no result may replace.
  var isFile: Bool { scheme == Self.sqlite.scheme }
}
#endif
