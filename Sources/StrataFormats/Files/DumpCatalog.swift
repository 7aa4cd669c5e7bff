// SPDX-License-Identifier: Apache-2.0

/// The dumps that paths lead to: files, folders of dumps, and spool folders with an index.
///
/// All of them at once; ``DumpWalk`` finds them one after the other.
public struct DumpCatalog: Sendable {
  /// How the names of dumps end.
  public static let suffixes = [".prof", ".pstat", ".pstats", ".cprof", ".profile"]

  /// The name of the index of a spool folder.
  public static let indexName = "index.jsonl"

  /// The dumps, in the order of the paths, of the index, and of the names in a folder.
  public private(set) var sources: [DumpSource] = []

  /// What could not be used: the other dumps are still good.
  public private(set) var failures: [InputError] = []

  /// Looks for dumps; a path that leads to none is a failure of its own.
  ///
  /// A folder with an `index.jsonl` is what the index says; in any other folder, and the folders in
  /// it, dumps are known by their names.
  public init(paths: [String]) {
    for found in DumpWalk(paths: paths) {
      switch found {
      case .success(let source): sources.append(source)
      case .failure(let error): failures.append(error)
      }
    }
  }
}
