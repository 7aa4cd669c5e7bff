// SPDX-License-Identifier: Apache-2.0

#if Tools
// stat and realpath.
import Foundation

/// A file's identity to the system, whatever its names: no other file has it while this one exists.
struct FileIdentity: Hashable {
  let device: UInt64
  let node: UInt64
  let mode: mode_t
  let owner: uid_t
  let group: gid_t

  /// The file that a path leads to, through links; nil where there is none.
  init?(of path: String) {
    var about = stat()
    // SAFETY: the system fills the structure that it is given.
    guard unsafe stat(path, &about) == 0 else { return nil }
    self.init(about)
  }

  /// The file that a descriptor is open for.
  init?(of descriptor: Int32) {
    var about = stat()
    // SAFETY: the system fills the structure that it is given.
    guard unsafe fstat(descriptor, &about) == 0 else { return nil }
    self.init(about)
  }

  private init(_ about: stat) {
    device = UInt64(truncatingIfNeeded: about.st_dev)
    node = UInt64(truncatingIfNeeded: about.st_ino)
    (mode, owner, group) = (about.st_mode, about.st_uid, about.st_gid)
  }

  /// What kind of file it is, as a part of its mode.
  var kind: mode_t { mode & S_IFMT }

  /// Whether both are one file.
  func isSameFile(as other: FileIdentity?) -> Bool {
    device == other?.device && node == other?.node
  }
}

/// Parts of paths.
enum FilePath {
  /// The folder that a path is in.
  static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The path without links, of a file that need not be there; nil where its folder is not.
  static func canonical(_ path: String) -> String? {
    guard let folder = real(folder(of: path)) else { return nil }
    let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map {
      path[path.utf8.index(after: $0)...]
    }
    return (folder == "/" ? "" : folder) + "/" + (name ?? path[...])
  }

  /// The path of what is there, without links.
  static func real(_ path: String) -> String? {
    guard let text = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(text) }
    // SAFETY: a text that ends with a zero byte; it is copied before it is freed.
    return unsafe String(cString: text)
  }

  /// What a symbolic link names; nil for anything else.
  static func link(at path: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: path)
  }
}
#endif
