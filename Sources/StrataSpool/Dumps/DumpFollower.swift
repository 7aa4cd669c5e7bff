// SPDX-License-Identifier: Apache-2.0

import StrataFormats
import StrataCore

/// The dumps of a folder, and those that are added to it, each once.
///
/// As ``DumpWalk``, a folder is what its index says, or else its dumps and the folders in it. A line
/// of an index is taken once it ends with a line feed; a dump without an index once it is stable,
/// and again when it has changed.
///
/// ```swift
/// let follower = DumpFollower(folder: "profiles")
/// while isWanted {
///   for found in follower.look() { take(found) }
///   wait()
/// }
/// for found in follower.look(isLast: true) { take(found) }
/// ```
public final class DumpFollower {
  /// For how long a dump without an index must not have changed to be taken.
  private static let settling: Int128 = 1_000_000_000

  private typealias Folder = (path: String, depth: Int)

  /// The folder.
  public let folder: String

  private var indexes: [String: FollowedIndex] = [:]
  /// The dumps without an index at the last look: as they were taken, or not yet.
  private var taken: [String: FileState] = [:]
  private var unsettled: [String: FileState] = [:]
  /// What could not be read, so that it is said once.
  private var reported: Set<FileError> = []

  // What this look has left to see, and what it has seen.
  private var folders: [Folder] = []
  private var index: FollowedIndex?
  private var names: (folder: Folder, all: FolderNames, next: Int)?
  private var nextTaken: [String: FileState] = [:]
  private var nextUnsettled: [String: FileState] = [:]
  private var now = Timestamp(nanoseconds: 0)
  private var isLast = false

  /// Follows a folder, which need not be there yet.
  public init(folder: String) {
    self.folder = folder
  }

  /// Looks at the folder again: what is there at the first look, what is new at each other one.
  ///
  /// A look sees the folder while it is iterated, and must come to its end before the next begins.
  ///
  /// - Parameter isLast: Whether dumps are taken that were written just now, and perhaps in part.
  /// - Returns: The dumps, found as they are asked for.
  public func look(isLast: Bool = false) -> AnyIterator<DumpWalk.Element> {
    folders = [(folder, 0)]
    (index, names, nextTaken, nextUnsettled) = (nil, nil, [:], [:])
    (now, self.isLast) = (FileState.now, isLast)
    return AnyIterator { self.next() }
  }

  private func next() -> DumpWalk.Element? {
    while true {
      switch step() {
      case .found(.success(let source)): return .success(source)
      case .found(.failure(let error)):
        // What is gone may come, or has been taken out.
        guard error.code != .notFound, reported.insert(error).inserted else { continue }
        return .failure(error)
      case .nothing: continue
      case .end: return nil
      }
    }
  }

  // MARK: - A look, step by step

  private enum Step {
    case found(DumpWalk.Element)
    case nothing
    case end
  }

  private func step() -> Step {
    if let index {
      guard let found = index.next() else {
        self.index = nil
        return .nothing
      }
      return .found(found)
    }
    if let names, names.next < names.all.count {
      self.names?.next += 1
      return see(names.all[names.next], in: names.folder)
    }
    names = nil
    guard let folder = folders.popLast() else {
      // At the end of a look, not within: a look that is cut off has not seen all that is there.
      (taken, unsettled) = (nextTaken, nextUnsettled)
      return .end
    }
    do throws(FileError) { try enter(folder) } catch { return .found(.failure(error)) }
    return .nothing
  }

  private func enter(_ folder: Folder) throws(FileError) {
    let path = folder.path + "/" + DumpCatalog.indexName
    guard RegularFile.exists(path) else {
      indexes[path] = nil
      names = (folder, try FolderNames(of: folder.path), 0)
      return
    }
    let followed = indexes[path] ?? FollowedIndex(path: path)
    indexes[path] = followed
    try followed.look()
    index = followed
  }

  private func see(_ name: String, in folder: Folder) -> Step {
    let path = folder.path + "/" + name
    if let error = FileError(unreadable: name, path: path) { return .found(.failure(error)) }
    guard ProfileReader.suffixes.contains(where: name.hasSuffix) else {
      guard RegularFile.isFolder(path) else { return .nothing }
      guard folder.depth < DumpWalk.maximumDepth else {
        return .found(.failure(FileError(path: path, .tooDeep(limit: DumpWalk.maximumDepth))))
      }
      folders.append((path, folder.depth + 1))
      return .nothing
    }
    guard let state = FileState(of: path) else { return .nothing }
    // What was taken is kept for the next look only while the file is there: so what is known does
    // not grow with all that ever came.
    if taken[path] == state || isUnsettled(path, state) {
      nextTaken[path] = taken[path]
      return .nothing
    }
    nextTaken[path] = state
    return .found(.success(DumpSource(path: path)))
  }

  private func isUnsettled(_ path: String, _ state: FileState) -> Bool {
    let age = Int128(now.nanoseconds) - Int128(state.modified.nanoseconds)
    if isLast || age >= Self.settling { return false }
    nextUnsettled[path] = state
    // A clock that is ahead must not keep a dump away for ever.
    return unsettled[path] != state
  }

  /// The folders that had an index at the last look, in the order of their names.
  public var indexFolders: [String] {
    indexes.keys.map { String($0.utf8.dropLast(DumpCatalog.indexName.utf8.count + 1)) ?? "" }
      .sorted()
  }

  // MARK: - Taking out

  /// Removes dumps that were taken and are kept elsewhere now, with their lines.
  ///
  /// Dumps of an index are removed as ``SpoolFolder/remove(_:from:)`` does; others unless they have
  /// changed since they were taken.
  ///
  /// - Returns: How many files were removed.
  /// - Throws: ``SpoolError`` where a folder cannot be written.
  @discardableResult
  public func remove(_ dumps: [DumpSource]) throws(SpoolError) -> Int {
    var count = 0
    let (named, others) = (dumps.filter { $0.entry != nil }, dumps.filter { $0.entry == nil })
    for (folder, dumps) in Dictionary(grouping: named, by: \.indexFolder) {
      guard let folder else { continue }
      count += try SpoolFolder.remove(dumps, from: folder)
    }
    for dump in others {
      guard let state = nextTaken[dump.path] ?? taken[dump.path], state == FileState(of: dump.path)
      else { continue }
      if try SpoolFile.remove(dump.path) { count += 1 }
    }
    return count
  }
}

extension DumpSource {
  /// The folder of the index that names the dump, if it does so.
  fileprivate var indexFolder: String? {
    guard let file = entry?.file.utf8, path.utf8.suffix(file.count).elementsEqual(file) else {
      return nil
    }
    let folder = path.utf8.dropLast(file.count)
    return folder.isEmpty ? "." : String(Substring(folder.dropLast()))
  }
}

/// An index that others append to, or rewrite without some of its lines: each line is read once.
private final class FollowedIndex {
  private let path: String
  private let lines: GrowingLines
  /// The lines that were read, by their hashes.
  private var known: Set<ProfileID> = []
  /// Those of the index that this one replaced, until it has been read.
  private var before: Set<ProfileID> = []

  init(path: String) {
    self.path = path
    lines = GrowingLines(path)
  }

  /// Looks at the file again.
  func look() throws(FileError) {
    before = []
    if try lines.look() { swap(&before, &known) }
  }

  /// The next dump that a new line names; nil where there is none now.
  func next() -> DumpWalk.Element? {
    while let line = lines.next() {
      do throws(FileError) {
        let line = try line.get()
        guard isNew(line) else { continue }
        let source = try DumpSource(line: line, number: lines.number, index: path)
        if let source { return .success(source) }
      } catch {
        return .failure(error)
      }
    }
    return nil
  }

  private func isNew(_ line: ArraySlice<UInt8>) -> Bool {
    let hash = ProfileID(line: line)
    return known.insert(hash).inserted && !before.contains(hash)
  }
}

extension ProfileID {
  /// A hash of a line, which never leaves the process.
  fileprivate init(line: ArraySlice<UInt8>) {
    self.init(dump: Array(line), start: Timestamp(nanoseconds: 0), labels: [:])
  }
}
