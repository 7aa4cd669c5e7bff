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
  ///   - folder: The folder that the index stands in.
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
    let index = try files.openIndex()
    let bytes = try index.bytes(from: 0)
    guard let (rest, removed) = SpoolContents.removing(entries, from: bytes) else { return 0 }
    return try files.drop(removed, leaving: rest, index.status().permissions)
  }

  /// Removes a folder, unless there is a line in its index, or any other file in it.
  ///
  /// For folders that are made for one program and that nobody writes into any more.
  ///
  /// - Returns: Whether the folder was removed.
  /// - Throws: ``SpoolError`` where it cannot be read or written.
  public static func removeIfEmpty(_ folder: String) throws(SpoolError) -> Bool {
    try SpoolFiles(folder: folder).removeIfEmpty()
  }
}
