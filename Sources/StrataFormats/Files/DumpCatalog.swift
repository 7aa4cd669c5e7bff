// SPDX-License-Identifier: Apache-2.0

/// The dumps that paths lead to: files, folders of dumps, and spool folders with an index.
public struct DumpCatalog: Sendable {
  /// How the names of dumps end.
  public static let suffixes = [".prof", ".pstat", ".pstats", ".cprof", ".profile"]

  /// The name of the index of a spool folder.
  public static let indexName = "index.jsonl"

  /// How deep folders are searched.
  private static let maximumDepth = 64

  /// The dumps, in the order of the paths, of the index, and of the names in a folder.
  public private(set) var sources: [DumpSource] = []

  /// What could not be used: the other dumps are still good.
  public private(set) var failures: [InputError] = []

  /// Looks for dumps; a path that leads to none is a failure of its own.
  ///
  /// A folder with an `index.jsonl` is what the index says; in any other folder, and the folders in
  /// it, dumps are known by their names.
  public init(paths: [String]) {
    for path in paths { add(path) }
  }

  private mutating func add(_ path: String) {
    do {
      switch try InputFile.kind(of: path) {
      case .folder:
        let count = sources.count + failures.count
        try addFolder(path, depth: 0)
        if sources.count + failures.count == count {
          failures.append(InputError(path: path, .noDumps))
        }
      case .file where path.hasSuffix(".jsonl"):
        try addIndex(path)
      case .file:
        sources.append(DumpSource(path: path))
      }
    } catch {
      failures.append(error)
    }
  }

  private mutating func addFolder(_ path: String, depth: Int) throws(InputError) {
    let names = try InputFile.names(inFolder: path)
    if names.contains(Self.indexName) { return try addIndex(path + "/" + Self.indexName) }
    for name in names {
      let child = path + "/" + name
      if Self.suffixes.contains(where: name.hasSuffix) {
        sources.append(DumpSource(path: child))
      } else if depth < Self.maximumDepth, InputFile.isFolder(child) {
        do { try addFolder(child, depth: depth + 1) } catch { failures.append(error) }
      }
    }
  }

  private mutating func addIndex(_ path: String) throws(InputError) {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    let bytes = try InputFile.read(path)
    for (index, line) in bytes.split(
      separator: UInt8(ascii: "\n"),
      omittingEmptySubsequences: false
    ).enumerated() where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0d || $0 == 0x09 }) {
      do {
        let entry = try SpoolEntry(line: line)
        let file = path.contains("/") ? folder + "/" + entry.file : entry.file
        sources.append(DumpSource(path: file, entry: entry))
      } catch {
        failures.append(InputError(path: path, .line(index + 1, reason: error.description)))
      }
    }
  }
}
