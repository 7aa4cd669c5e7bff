// SPDX-License-Identifier: Apache-2.0

/// A dump that could not be kept in a spool folder: which file, and why.
///
/// The description is one line, such as
/// `/var/spool/app/new.tmp: cannot write: no space left on device`.
public struct SpoolError: Error, Hashable, Sendable {
  /// The reasons.
  public enum Code: Hashable, Sendable {
    /// A file stands where the folder should be.
    case notFolder
    /// A folder, a pipe or a device stands where the index should be.
    case notRegular
    /// The dump alone passes the limit of the folder; both are in bytes.
    case dumpTooLarge(size: Int, limit: Int)
    /// What is said of the dump could not be read back from the index.
    case entry(SpoolEntryError)
    /// The system refuses an operation.
    case system(Operation, errno: Int32)
  }

  /// What the system was asked to do.
  public enum Operation: String, Hashable, Sendable {
    /// To make the folder, or one that leads to it.
    case createFolder = "create the folder"
    /// To open a file, or to create it.
    case open
    /// To wait for the other writers of the folder.
    case lock
    /// To tell the names in the folder, or the size of a file.
    case examine
    /// To read the index.
    case read
    /// To write a dump or the index.
    case write
    /// To bring what was written to the disk.
    case synchronize
    /// To give a file its final name.
    case rename
    /// To remove a dump that has to make room, or what a killed writer left.
    case remove
  }

  /// The file or folder.
  public var path: String
  /// The reason.
  public var code: Code

  /// Creates an error.
  public init(path: String, _ code: Code) {
    self.path = path
    self.code = code
  }
}

extension SpoolError: CustomStringConvertible {
  /// The error as one line that begins with the file.
  public var description: String { "\(path): \(reason)" }

  private var reason: String {
    switch code {
    case .notFolder: "expected a folder, found a file"
    case .notRegular: "expected a regular file, found a folder, pipe or device"
    case .dumpTooLarge(let size, let limit):
      "expected a dump of at most \(limit) bytes, found \(size)"
    case .entry(let error): error.description
    case .system(let operation, let errno):
      "cannot \(operation.rawValue): \(SystemMessage.text(errno))"
    }
  }
}
