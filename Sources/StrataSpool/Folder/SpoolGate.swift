// SPDX-License-Identifier: Apache-2.0

/// The gate of a spool folder that is made for one program: while it is open, the folder takes what
/// the program leaves; when it is closed, nothing more comes into the folder.
///
/// The gate is a file, `run.lock`. Each process that records into the folder holds a shared lock
/// on it, and checks that it is there before it writes, under the lock of the index. So the
/// folder's maker knows whether there is a process to wait for, and has the last word: one that
/// outlives the program, or starts later, finds the gate gone and leaves the folder alone, which
/// can then be removed.
///
/// ```swift
/// let gate = try SpoolGate(opening: folder)
/// // The program runs, and ends.
/// while try !gate.closeIfUnused(), isWorthWaiting { wait() }
/// try gate.close()
/// // Nothing more comes: take what is there.
/// ```
public struct SpoolGate: Sendable {
  private let files: SpoolFiles

  /// Makes a folder that takes dumps, with its index, and the folders above it that are missing.
  ///
  /// - Throws: ``SpoolError`` where it cannot be made.
  public init(opening folder: String) throws(SpoolError) {
    _ = try SpoolFolder(path: folder)
    files = SpoolFiles(folder: folder)
    _ = try SpoolFile(files.gatePath, for: .lock)
  }

  /// Closes the gate, unless a process records into the folder; none can begin to meanwhile.
  ///
  /// - Returns: Whether it is closed.
  /// - Throws: ``SpoolError`` where the folder cannot be written.
  public func closeIfUnused() throws(SpoolError) -> Bool {
    guard SpoolFile.exists(files.gatePath) else { return true }
    let gate = try SpoolFile(files.gatePath, for: .lock)
    guard try gate.tryLock() else { return false }
    try close()
    return true
  }

  /// Closes the gate, even while others record; waits for a dump that is being written.
  ///
  /// - Throws: ``SpoolError`` where the folder cannot be written.
  public func close() throws(SpoolError) {
    guard SpoolFile.exists(files.gatePath) else { return }
    let lock = try files.lock()
    defer { lock.unlock() }
    try SpoolFile.remove(files.gatePath)
  }
}
