// SPDX-License-Identifier: Apache-2.0

/// The gate of a spool folder that is made for one program: what the program leaves is taken while it
/// is open, and nothing comes into the folder when it is closed.
///
/// The gate is a file, `run.lock`. Each process that records into the folder shares a lock on it, and
/// looks whether it is there before it writes, under the lock of the index. So whoever made the folder
/// knows whether there is a process to wait for, and has the last word: one that outlives the program,
/// or starts later, finds the gate gone and leaves the folder alone, which can then be removed.
///
/// ```swift
/// let gate = try SpoolGate(opening: folder)
/// // The program runs, and ends.
/// while try !gate.closeIfUnused(), isWorthWaiting { wait() }
/// try gate.close()
/// // Nothing comes any more: take what is there.
/// ```
public struct SpoolGate: Sendable {
  private let files: SpoolFiles

  /// Makes a folder that takes dumps, with its index, and those that lead to it where they are absent.
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

  /// Closes the gate, whoever records; waits for a dump that is being written just now.
  ///
  /// - Throws: ``SpoolError`` where the folder cannot be written.
  public func close() throws(SpoolError) {
    guard SpoolFile.exists(files.gatePath) else { return }
    let lock = try files.lock()
    defer { lock.unlock() }
    try SpoolFile.remove(files.gatePath)
  }
}
