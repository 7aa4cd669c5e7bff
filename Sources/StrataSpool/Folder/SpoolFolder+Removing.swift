// SPDX-License-Identifier: Apache-2.0

extension SpoolFolder {
  /// Takes dumps out of a folder, with the lines that name them.
  ///
  /// The lines go first, and then the files, as where a writer keeps the limit; all other lines
  /// stay, also those that are being appended. A dump that another line names stays too, and so do
  /// dumps in other folders. The call waits for the writers of the folder.
  ///
  /// - Parameters:
  ///   - dumps: What is to be removed, with its entries: as ``DumpCatalog`` or ``DumpFollower``
  ///     found it.
  ///   - folder: The folder that contains the index.
  /// - Returns: How many files were removed.
  /// - Throws: ``SpoolError`` where the folder cannot be read or written. The dumps are then there
  ///   with their lines, or without them.
  /// - Complexity: O(*n*) in the bytes of the index.
  @discardableResult
  public static func remove(
    _ dumps: [DumpSource],
    from folder: String
  ) throws(SpoolError) -> Int {
    let entries = dumps.compactMap(\.entry)
    let files = SpoolFiles(folder: folder)
    // A folder without an index must not become one that has an empty one.
    guard !entries.isEmpty, SpoolFile.exists(files.indexPath) else { return 0 }
    let lock = try files.lock()
    defer { lock.unlock() }
    guard SpoolFile.exists(files.indexPath) else { return 0 }
    try files.finishRemoval()
    let index = try files.openIndex()
    let bytes = try index.bytes(from: 0)
    guard let (rest, removed) = SpoolContents.removing(entries, from: bytes) else { return 0 }
    return try files.drop(removed, leaving: rest, index.status().permissions)
  }

  /// Completes a removal during which a process was killed.
  ///
  /// Lines are removed before files, so the files would stay, and no line would name them. Costs a
  /// look at one name where there is nothing to do.
  ///
  /// - Returns: How many files were removed.
  /// - Throws: ``SpoolError`` where the folder cannot be read or written.
  @discardableResult
  public static func finishRemoval(in folder: String) throws(SpoolError) -> Int {
    let files = SpoolFiles(folder: folder)
    guard files.isRemoving else { return 0 }
    let lock = try files.lock()
    defer { lock.unlock() }
    return try files.finishRemoval()
  }

  /// The dumps beside an index that no line of it names: what a writer that was killed between the
  /// dump and its line left behind.
  ///
  /// Lines that cannot be read count as naming what is in them. The call waits for the writers of
  /// the folder, so that none of the dumps is about to be named, and changes nothing.
  ///
  /// - Returns: Their names; none where there is no index.
  /// - Throws: ``SpoolError`` where the folder cannot be read.
  /// - Complexity: O(*n* log *n*) in the names and O(*n*) in the bytes of the index; memory grows with
  ///   the number of both, and not with what the lines say.
  public static func unnamedDumps(in folder: String) throws(SpoolError) -> [String] {
    let files = SpoolFiles(folder: folder)
    guard SpoolFile.exists(files.indexPath) else { return [] }
    guard let lock = try files.lockIfThere() else { return try files.unnamed() }
    defer { lock.unlock() }
    return try files.unnamed()
  }

  /// Removes dumps that are kept elsewhere now and that no line names.
  ///
  /// - Parameters:
  ///   - names: As ``unnamedDumps(in:)`` found them; those that a line names by now stay.
  ///   - folder: The folder.
  /// - Returns: How many files were removed.
  /// - Throws: ``SpoolError`` where the folder cannot be read or written.
  @discardableResult
  public static func removeUnnamed(
    _ names: [String],
    from folder: String
  ) throws(SpoolError) -> Int {
    let files = SpoolFiles(folder: folder)
    let lock = try files.lock()
    defer { lock.unlock() }
    let unnamed = Set(try files.unnamed())
    var count = 0
    for name in names where unnamed.contains(name) {
      count += try SpoolFile.remove(folder + "/" + name) ? 1 : 0
    }
    return count
  }

  /// Removes a folder, unless there is a line in its index, or any other file in it.
  ///
  /// For folders that were made for one program and that no process writes to any more.
  ///
  /// - Returns: Whether the folder was removed.
  /// - Throws: ``SpoolError`` where it cannot be read or written.
  public static func removeIfEmpty(_ folder: String) throws(SpoolError) -> Bool {
    try SpoolFiles(folder: folder).removeIfEmpty()
  }
}
