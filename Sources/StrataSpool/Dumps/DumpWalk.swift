// SPDX-License-Identifier: Apache-2.0

import StrataFormats

/// The dumps that paths lead to, one after the other, as ``DumpCatalog`` finds them.
///
/// For as many dumps as there are: one is found when it is asked for, and a walk holds a line of an
/// index, or the names in the folders that it is in. A copy of a walk continues by itself, and each
/// would miss what the other takes: make a new one to walk again.
///
/// ```swift
/// for found in DumpWalk(paths: ["profiles/"]) {
///   switch found {
///   case .success(let source): print(source.path)
///   case .failure(let error): print(error)
///   }
/// }
/// ```
public struct DumpWalk: Sequence, IteratorProtocol {
  /// A dump, or what was in its place and cannot be used; what follows is still good.
  public typealias Element = Result<DumpSource, FileError>

  /// How many levels of folders are searched below the one that was given.
  static let maximumDepth = 64

  /// What remains of a folder, or of an index.
  private enum Place {
    case folder(path: String, names: FolderNames, next: Int)
    case index(path: String, lines: FileLines)
  }

  /// The index files that the walk has read, or has begun to read.
  public private(set) var indexes: [String] = []
  private var paths: ArraySlice<String>
  /// Where the walk is, the innermost folder last.
  private var places: [Place] = []
  /// The folder that was given and in which nothing was found yet.
  private var emptyFolder: String?

  /// Starts at the first of some paths, which lead to dumps, folders or index files.
  public init(paths: [String]) {
    self.paths = paths[...]
  }

  /// The next dump; nil where there are no more.
  public mutating func next() -> Element? {
    while true {
      let found = places.isEmpty ? nextPath() : step()
      if let found {
        emptyFolder = nil
        return found
      }
      guard places.isEmpty else { continue }
      if let folder = emptyFolder {
        emptyFolder = nil
        return .failure(FileError(path: folder, .noDumps))
      }
      if paths.isEmpty { return nil }
    }
  }

  /// Goes to the next path that was given; returns what it is if it is no folder and no index.
  private mutating func nextPath() -> Element? {
    guard let path = paths.popFirst() else { return nil }
    return result { () throws(FileError) in
      switch try RegularFile.kind(of: path) {
      case .folder:
        try enter(path)
        emptyFolder = path
      case .file where path.hasSuffix(".jsonl"): try open(index: path)
      case .file: return DumpSource(path: path)
      }
      return nil
    }
  }

  private func result(_ body: () throws(FileError) -> DumpSource?) -> Element? {
    do { return try body().map { .success($0) } } catch { return .failure(error) }
  }

  /// Takes a step in the innermost place, and leaves it at its end.
  private mutating func step() -> Element? {
    guard let place = places.popLast() else { return nil }
    switch place {
    case .folder(let path, let names, let next):
      guard next < names.count else { return nil }
      places.append(.folder(path: path, names: names, next: next + 1))
      return look(at: names[next], in: path)
    case .index(let path, let lines):
      let line = lines.next()
      if line != nil { places.append(place) }
      return line.flatMap { read($0, number: lines.number, index: path) }
    }
  }

  // MARK: - Folders

  /// A folder is what its index says, or else its dumps and folders.
  private mutating func enter(_ path: String) throws(FileError) {
    let index = path + "/" + DumpCatalog.indexName
    if RegularFile.exists(index) { return try open(index: index) }
    places.append(.folder(path: path, names: try FolderNames(of: path), next: 0))
  }

  private mutating func look(at name: String, in folder: String) -> Element? {
    let path = folder + "/" + name
    if let error = FileError(unreadable: name, path: path) { return .failure(error) }
    if ProfileReader.suffixes.contains(where: name.hasSuffix) {
      return .success(DumpSource(path: path))
    }
    guard RegularFile.isFolder(path) else { return nil }
    return result { () throws(FileError) in
      guard places.count <= Self.maximumDepth else {
        throw FileError(path: path, .tooDeep(limit: Self.maximumDepth))
      }
      try enter(path)
      return nil
    }
  }

  // MARK: - Indexes

  private mutating func open(index path: String) throws(FileError) {
    indexes.append(path)
    places.append(.index(path: path, lines: try FileLines(path)))
  }

  private func read(
    _ line: Result<ArraySlice<UInt8>, FileError>,
    number: Int,
    index path: String
  ) -> Element? {
    result { () throws(FileError) in
      try DumpSource(line: try line.get(), number: number, index: path)
    }
  }
}

extension DumpSource {
  /// The dump that a line of an index names; nil for an empty line.
  init?(line: ArraySlice<UInt8>, number: Int, index path: String) throws(FileError) {
    guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x0d || $0 == 0x09 }) else { return nil }
    let entry: SpoolEntry
    do { entry = try SpoolEntry(line: line) } catch {
      throw FileError(path: path, .line(number, reason: error.description))
    }
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    self.init(path: (slash.map { path[...$0] } ?? "") + entry.file, entry: entry)
  }
}

/// The dumps that paths lead to: files, folders of dumps, and spool folders with an index.
///
/// All of them at once; ``DumpWalk`` finds them one after the other.
public struct DumpCatalog: Sendable {
  /// The name of the index of a spool folder.
  public static let indexName = "index.jsonl"

  /// The dumps, in the order of the paths, of the index, and of the names in a folder.
  public private(set) var sources: [DumpSource] = []

  /// What could not be used: the other dumps are still good.
  public private(set) var failures: [FileError] = []

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
