// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

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
      guard (try? InputFile.kind(of: path)) == .folder else {
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
    do { return try InputFile.names(inFolder: folder) } catch {
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
  init(examining error: InputError) {
    let reason = if case .system(let errno) = error.code { errno } else { ENOENT }
    self.init(path: error.path, .system(.examine, errno: reason))
  }
}
