// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Who may read and write a file, as the system keeps it.
typealias FilePermissions = mode_t

/// An open file of a spool folder, closed with its value.
struct SpoolFile: ~Copyable {
  /// What a file is opened for.
  enum Purpose {
    /// To be locked; created if it is absent.
    case lock
    /// To be read, and written at its end; created if it is absent.
    case index
    /// To be written as a new file, with the usual permissions or those given.
    case new(permissions: FilePermissions?)
    /// To be synchronized, as a folder.
    case folder
    /// To be read, or locked where it is.
    case reading
  }

  let path: String
  private let descriptor: CInt

  /// Opens a file.
  init(_ path: String, for purpose: Purpose) throws(SpoolError) {
    self.path = path
    descriptor =
      switch purpose {
      case .lock: unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      // O_NONBLOCK: opening a pipe must not wait.
      case .index: unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0o666)
      case .new: unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      case .folder: unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      case .reading: unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      }
    guard descriptor >= 0 else { throw SpoolError(path: path, .system(.open, errno: errno)) }
    // Where the file system knows no permissions, there is nothing to keep.
    if case .new(let permissions?) = purpose { _ = fchmod(descriptor, permissions) }
  }

  deinit { close(descriptor) }

  private func failure(_ operation: SpoolError.Operation) -> SpoolError {
    SpoolError(path: path, .system(operation, errno: errno))
  }

  // MARK: - The lock

  /// Waits until no other open file holds the lock, and takes it.
  ///
  /// The system releases it when the process ends, however it ends.
  func lock() throws(SpoolError) {
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw failure(.lock) }
    }
  }

  /// Takes the lock, unless another open file holds it or shares it; returns whether it did.
  func tryLock() throws(SpoolError) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
    guard errno == EWOULDBLOCK || errno == EINTR else { throw failure(.lock) }
    return false
  }

  /// Releases the lock, even if a child that was forked meanwhile has the file open.
  func unlock() {
    flock(descriptor, LOCK_UN)
  }

  // MARK: - Contents

  /// The size in bytes and the permissions of a regular file.
  func status() throws(SpoolError) -> (size: Int, permissions: FilePermissions) {
    // `stat` is a function and a structure; the type says which.
    var status: stat = .init()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure(.examine) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw SpoolError(path: path, .notRegular) }
    return (Int(status.st_size), status.st_mode & 0o777)
  }

  /// The bytes from an offset up to the end, as many as an index may have for its readers.
  func bytes(from offset: Int) throws(SpoolError) -> [UInt8] {
    let size = try status().size
    guard size > offset else { return [] }
    guard size - offset <= RegularFile.defaultLimit else {
      throw SpoolError(path: path, .system(.read, errno: EFBIG))
    }
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size - offset) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      while count < size - offset {
        // SAFETY: the range from count to the capacity is inside the buffer.
        let step = unsafe pread(
          descriptor,
          base + count,
          size - offset - count,
          off_t(offset + count)
        )
        if step < 0, errno == EINTR { continue }
        failed = step < 0
        if step <= 0 { break }
        count += step
      }
    }
    if failed { throw failure(.read) }
    return bytes
  }

  /// Writes bytes, with one call of the system unless that stops midway.
  func write(_ bytes: [UInt8]) throws(SpoolError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // SAFETY: the system reads as many bytes as the slice has, and keeps nothing of it.
      let step = unsafe rest.withUnsafeBytes { unsafe Self.write(descriptor, $0) }
      if step < 0, errno == EINTR { continue }
      guard step >= 0 else { throw failure(.write) }
      rest = rest.dropFirst(step)
    }
  }

  private static func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
    unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
    unsafe Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
    unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  /// Cuts the file; where the system refuses, it is left unchanged.
  func truncate(to size: Int) {
    _ = ftruncate(descriptor, off_t(size))
  }

  /// Returns when what was written is on the disk.
  func synchronize() throws(SpoolError) {
    #if canImport(Darwin)
    // fsync leaves it in the cache of the drive; not every file system knows the better way.
    if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
    #endif
    guard fsync(descriptor) == 0 else { throw failure(.synchronize) }
  }
}

/// What is done with the names of files, rather than with what is in them.
extension SpoolFile {
  /// The number of this process.
  static var process: Int32 { getpid() }

  /// Makes a folder, and those that lead to it, where they are absent.
  static func createFolder(_ path: String) throws(SpoolError) {
    var reason = makeFolder(path)
    let parent = parent(of: path)
    if reason == ENOENT, parent != ".", parent != path {
      try createFolder(parent)
      reason = makeFolder(path)
    }
    switch reason {
    case 0: try synchronizeFolder(parent)
    case EEXIST:
      guard (try? RegularFile.kind(of: path)) == .folder else {
        throw SpoolError(path: path, .notFolder)
      }
    default: throw SpoolError(path: path, .system(.createFolder, errno: reason))
    }
  }

  private static func makeFolder(_ path: String) -> CInt {
    unsafe mkdir(path, 0o777) == 0 ? 0 : errno
  }

  /// The folder that a path is in.
  private static func parent(of path: String) -> String {
    var bytes = Array(path.utf8)[...]
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
  }

  /// Brings the names in a folder to the disk.
  static func synchronizeFolder(_ path: String) throws(SpoolError) {
    do {
      try SpoolFile(path, for: .folder).synchronize()
    } catch SpoolError(path: path, .system(.synchronize, errno: EINVAL)) {
      // Some network file systems cannot do that with a folder, and have nothing to do.
    }
  }

  /// Gives a file another name, in the place of what has it.
  static func move(_ old: String, to new: String) throws(SpoolError) {
    guard unsafe rename(old, new) == 0 else {
      throw SpoolError(path: new, .system(.rename, errno: errno))
    }
  }

  /// Removes a file; returns whether it was there.
  @discardableResult
  static func remove(_ path: String) throws(SpoolError) -> Bool {
    if unsafe unlink(path) == 0 { return true }
    guard errno == ENOENT else { throw SpoolError(path: path, .system(.remove, errno: errno)) }
    return false
  }

  /// Removes a folder if there is nothing in it; returns whether it did.
  static func removeFolder(_ path: String) -> Bool {
    unsafe rmdir(path) == 0
  }

  /// The names in a folder, hidden ones left out.
  static func names(in folder: String) throws(SpoolError) -> [String] {
    do { return try RegularFile.names(inFolder: folder) } catch {
      throw SpoolError(examining: error)
    }
  }

  /// The size of a regular file in bytes; nil for anything else, a symbolic link too.
  static func size(of path: String) -> Int? {
    var status: stat = .init()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Whether anything has a name.
  static func exists(_ path: String) -> Bool {
    var status: stat = .init()
    return unsafe lstat(path, &status) == 0
  }
}

extension SpoolError {
  /// Why a folder, or what is in it, cannot be read.
  init(examining error: FileError) {
    let reason = if case .system(let errno) = error.code { errno } else { ENOENT }
    self.init(path: error.path, .system(.examine, errno: reason))
  }
}

/// A dump that could not be kept in a spool folder: which file, and why.
///
/// The description is one line, such as
/// `/var/spool/app/new.tmp: cannot write: no space left on device`.
public struct SpoolError: Error, Hashable, Sendable {
  /// The reasons.
  public enum Code: Hashable, Sendable {
    /// There is a file where the folder should be.
    case notFolder
    /// There is a folder, a pipe or a device where the index should be.
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
    /// To list the names in the folder, or to get the size of a file.
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
