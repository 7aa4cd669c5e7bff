// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataExport
import StrataFormats
import StrataSpool

/// The files that a command reads, and that its result may not replace.
struct SourceFiles {
  /// Dumps, folders of them, and indexes.
  var dumps: [String] = []
  /// The file of a store.
  var store: String?

  /// What SQLite keeps beside a store's file.
  private static let storeSuffixes = ["", "-wal", "-shm", "-journal"]

  /// The path that the command reads a file by; nil for one that it does not read.
  ///
  /// - Parameters:
  ///   - file: What is at the path; nil where there is nothing yet.
  ///   - path: The path, which leads through no link at its end.
  /// - Returns: The path of the dump, index or part of a store that the file is.
  /// - Complexity: O(*n*) in the dumps that the paths lead to, where the file is there.
  func name(of file: FileIdentity?, at path: String) -> String? {
    if let store = nameInStore(file, path) { return store }
    guard let file else { return nil }
    func isFile(_ path: String) -> Bool { file.isSameFile(as: FileIdentity(of: path)) }
    if let dump = dumps.first(where: isFile) { return dump }
    var walk = DumpWalk(paths: dumps)
    while let found = walk.next() {
      let name =
        switch found {
        case .success(let dump): dump.path
        case .failure(let error): error.path
        }
      if isFile(name) { return name }
    }
    return walk.indexes.first(where: isFile)
  }

  /// The log of a store may be missing now, and would be read as soon as it is there.
  private func nameInStore(_ file: FileIdentity?, _ path: String) -> String? {
    guard let store else { return nil }
    let real = FilePath.real(store) ?? store
    let canonical = FilePath.canonical(path)
    return Self.storeSuffixes.map { real + $0 }.first { name in
      name == canonical || file.map { $0.isSameFile(as: FileIdentity(of: name)) } ?? false
    }
  }
}
#endif
