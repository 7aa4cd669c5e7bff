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
  /// The system lets it go when the process ends, however it ends.
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

  /// Lets the lock go, for a child too that was forked meanwhile and has the file open.
  func unlock() {
    flock(descriptor, LOCK_UN)
  }

  // MARK: - Contents

  /// The size in bytes and the permissions of a regular file.
  func status() throws(SpoolError) -> (size: Int, permissions: FilePermissions) {
    // `stat` is a function and a structure; the type tells which.
    var status: stat = .init()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure(.examine) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw SpoolError(path: path, .notRegular) }
    return (Int(status.st_size), status.st_mode & 0o777)
  }

  /// The bytes from an offset up to the end, as many as an index may have for its readers.
  func bytes(from offset: Int) throws(SpoolError) -> [UInt8] {
    let size = try status().size
    guard size > offset else { return [] }
    guard size - offset <= InputFile.defaultLimit else {
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

  /// Cuts the file; where the system refuses, it stays as it is.
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
