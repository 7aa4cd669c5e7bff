// SPDX-License-Identifier: Apache-2.0

#if Tools
// mkdtemp, and paths that do not depend on the current folder.
import Foundation

/// A spool folder for one run.
enum TemporarySpool {
  /// Makes a folder of its own, beside the file of a store where it has one: what is in it then survives
  /// all that the store does.
  ///
  /// - Throws: ``CommandError`` where it cannot be made.
  static func make(beside store: String?) throws -> String {
    let temporary = FileManager.default.temporaryDirectory.appending(path: "strata")
    let path = (store.map { URL(fileURLWithPath: $0) } ?? temporary).path + "-run-XXXXXX"
    var name = path.utf8CString.map { $0 }
    // SAFETY: the system replaces the letters in the name, and keeps nothing of it.
    let made = unsafe name.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
    }
    guard made else {
      throw CommandError(
        .unavailable,
        "\(path): cannot create the folder for the profiles; check the disk, and the permissions of "
          + "the store's folder"
      )
    }
    return String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
#endif
