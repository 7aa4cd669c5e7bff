// SPDX-License-Identifier: Apache-2.0

public import StrataCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A file of input: a regular one, of bounded size, read whole.
///
/// Pipes and devices are refused, since they may never end; dumps are small.
public enum RegularFile {
  /// The default size above which a file is refused: 1 GiB.
  public static let defaultLimit = 1 << 30

  /// What is at a path.
  public enum Kind: Hashable, Sendable {
    /// A regular file.
    case file
    /// A folder.
    case folder
  }

  /// Reads a whole file.
  ///
  /// - Throws: ``FileError`` where there is no such regular file, or it is larger than `limit`.
  /// - Complexity: O(*n*) in the size of the file, and as much memory.
  public static func read(_ path: String, limit: Int = defaultLimit) throws(FileError) -> [UInt8] {
    let file = try OpenFile(path)
    guard file.size <= limit else {
      throw FileError(path: path, .tooLarge(size: file.size, limit: limit))
    }
    return try file.read(file.size)
  }

  /// Whether anything is at a path, even a dangling link.
  static func exists(_ path: String) -> Bool {
    var status = emptyStatus
    return unsafe lstat(path, &status) == 0
  }

  /// What is at a path, following symbolic links.
  public static func kind(of path: String) throws(FileError) -> Kind {
    try status(of: path).kind
  }

  /// Whether a folder is at the path itself, not behind a symbolic link, which could lead back.
  static func isFolder(_ path: String) -> Bool {
    var status = emptyStatus
    return unsafe lstat(path, &status) == 0 && kind(of: status) == .folder
  }

  /// When a file was last changed.
  public static func modificationTime(of path: String) throws(FileError) -> Timestamp {
    try status(of: path).modified
  }

  /// The size of a file in bytes.
  public static func size(of path: String) throws(FileError) -> Int {
    try status(of: path).size
  }

  /// The names in a folder, in the order of their bytes, hidden ones left out.
  public static func names(inFolder path: String) throws(FileError) -> [String] {
    let names = try FolderNames(of: path)
    return (0..<names.count).map { names[$0] }
  }

  /// Calls a closure with each name in a folder, in any order, hidden ones left out.
  static func forEachName(
    inFolder path: String,
    _ body: (String) throws(FileError) -> Void
  ) throws(FileError) {
    guard let folder = unsafe opendir(path) else { throw FileError(path: path, errno: errno) }
    defer { unsafe closedir(folder) }
    while let entry = unsafe readdir(folder) {
      // SAFETY: readdir returns a name that ends with a zero byte and stays until the next call.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if !name.hasPrefix(".") { try body(name) }
    }
  }

  private static func status(
    of path: String
  ) throws(FileError) -> (kind: Kind, size: Int, modified: Timestamp) {
    var status = emptyStatus
    guard unsafe stat(path, &status) == 0 else { throw FileError(path: path, errno: errno) }
    guard let kind = kind(of: status) else { throw FileError(path: path, .notRegular) }
    #if canImport(Darwin)
    let time = status.st_mtimespec
    #else
    let time = status.st_mtim
    #endif
    return (kind, Int(status.st_size), Timestamp(time))
  }

  /// `stat` is a function and a structure; this names the structure.
  fileprivate static var emptyStatus: stat { stat() }

  fileprivate static func kind(of status: stat) -> Kind? {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: nil
    }
  }
}

/// What a file is to the system, whatever its name: no other has it while this one is there.
struct FileNumber: Hashable {
  let device: UInt64
  let node: UInt64
}

/// A regular file that is open to be read, closed with its value.
struct OpenFile: ~Copyable {
  /// The size in bytes when it was opened.
  let size: Int
  let number: FileNumber
  private let path: String
  private let descriptor: CInt

  /// Opens a file; pipes and devices are refused.
  init(_ path: String) throws(FileError) {
    // O_NONBLOCK: opening a pipe without a writer must not wait.
    let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
    var status = RegularFile.emptyStatus
    guard unsafe fstat(descriptor, &status) == 0 else {
      let reason = errno
      close(descriptor)
      throw FileError(path: path, errno: reason)
    }
    guard RegularFile.kind(of: status) == .file else {
      close(descriptor)
      throw FileError(path: path, .notRegular)
    }
    (self.path, self.descriptor, size) = (path, descriptor, Int(status.st_size))
    number = FileNumber(status)
  }

  deinit { close(descriptor) }

  /// The bytes from an offset, as many as asked for; fewer only where the file ends.
  func read(_ size: Int, at offset: Int) throws(FileError) -> [UInt8] {
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
      throw FileError(path: path, errno: errno)
    }
    return try read(size)
  }

  /// The next bytes, as many as asked for; fewer only where the file ends.
  func read(_ size: Int) throws(FileError) -> [UInt8] {
    var failure: CInt = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        // SAFETY: the range from count to size is inside the buffer.
        let step = unsafe Self.readSome(descriptor, into: buffer.baseAddress, count, size)
        if step < 0, errno == EINTR { continue }
        if step < 0 { failure = errno }
        if step <= 0 { break }
        count += step
      }
    }
    guard failure == 0 else { throw FileError(path: path, errno: failure) }
    return bytes
  }

  private static func readSome(
    _ descriptor: CInt,
    into base: UnsafeMutablePointer<UInt8>?,
    _ count: Int,
    _ size: Int
  ) -> Int {
    guard let base = unsafe base else { return 0 }
    #if canImport(Darwin)
    return unsafe Darwin.read(descriptor, base + count, size - count)
    #elseif canImport(Musl)
    return unsafe Musl.read(descriptor, base + count, size - count)
    #else
    return unsafe Glibc.read(descriptor, base + count, size - count)
    #endif
  }
}

extension FileNumber {
  /// The number that the system returns; its type differs between systems.
  init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    node = UInt64(truncatingIfNeeded: status.st_ino)
  }
}

/// What shows whether a file is still the same one.
struct FileState: Hashable {
  private let number: FileNumber
  private let size: Int
  let modified: Timestamp

  /// The state of a regular file; nil where there is none.
  init?(of path: String) {
    var status: stat = .init()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    #if canImport(Darwin)
    let time = status.st_mtimespec
    #else
    let time = status.st_mtim
    #endif
    (number, size, modified) = (FileNumber(status), Int(status.st_size), Timestamp(time))
  }

  /// The time of day, as files have it.
  static var now: Timestamp {
    var time = timespec()
    guard unsafe clock_gettime(CLOCK_REALTIME, &time) == 0 else { return Timestamp(nanoseconds: 0) }
    return Timestamp(time)
  }
}

extension Timestamp {
  /// A time of the system, which may be beyond what nanoseconds hold.
  init(_ time: timespec) {
    let nanoseconds = Int128(time.tv_sec) * 1_000_000_000 + Int128(time.tv_nsec)
    self.init(nanoseconds: Int64(clamping: nanoseconds))
  }
}

/// The names in a folder, in the order of their bytes.
///
/// A folder may hold a million of them: they are stored in a row, with eight bytes for each, and
/// not each in memory of its own.
struct FolderNames {
  private struct Place {
    var start: UInt32
    var count: UInt32
  }

  private let bytes: [UInt8]
  private let places: [Place]

  /// Reads the names in a folder, hidden ones left out.
  ///
  /// - Complexity: O(*n* log *n*) in the number of names.
  init(of folder: String) throws(FileError) {
    var bytes: [UInt8] = []
    var places: [Place] = []
    try RegularFile.forEachName(inFolder: folder) { name throws(FileError) in
      guard let end = UInt32(exactly: bytes.count + name.utf8.count) else {
        throw FileError(path: folder, .tooLarge(size: bytes.count, limit: Int(UInt32.max)))
      }
      places.append(Place(start: UInt32(bytes.count), count: end - UInt32(bytes.count)))
      bytes += name.utf8
    }
    let texts = bytes.span
    places.sort { left, right in
      let common = Int(min(left.count, right.count))
      for index in 0..<common {
        let (a, b) = (texts[Int(left.start) + index], texts[Int(right.start) + index])
        if a != b { return a < b }
      }
      return left.count < right.count
    }
    (self.bytes, self.places) = (bytes, places)
  }

  /// How many names there are.
  var count: Int { places.count }

  /// A name by its place in the order.
  subscript(index: Int) -> String {
    let place = places[index]
    return String(decoding: bytes[Int(place.start)...].prefix(Int(place.count)), as: UTF8.self)
  }
}
