// SPDX-License-Identifier: Apache-2.0

#if Tools
import CStrataSystem
// open, rename and fsync.
import Foundation
import StrataExport
import StrataFormats
import StrataSpool

/// A file that a command writes, whole or not at all: the one rule of all commands.
///
/// The result is written beside the file, flushed to disk, and given its name at the end, so that
/// whatever happens before leaves the old file as it was and no other one. A symbolic link stays,
/// and its target is replaced, keeping its permissions. Devices, pipes and what the process was
/// started with (`/dev/stdout`) are written directly. A file that the command reads is never written.
struct OutputFile {
  /// What happens to an existing file.
  enum Existing {
    /// The result takes its place.
    case replaced
    /// It is left alone, and the command refused: the advice says what to do.
    case refused(advice: String)
  }

  /// Where the bytes go.
  private enum Place {
    /// Into a file that the process has open.
    case descriptor(Int32)
    /// Into a device or a pipe.
    case special
    /// Into a new file, in place of one that may exist.
    case file(FileIdentity?)
  }

  /// The path as it was given.
  let path: String
  /// Where it leads to.
  private let target: String
  private let place: Place
  private let existing: Existing

  /// Looks at a path before the work for it is done.
  ///
  /// - Throws: `CommandError` for a folder, for a file that the command reads, and for an existing
  ///   one that must not be replaced.
  init(
    _ path: String,
    existing: Existing = .replaced,
    reading sources: SourceFiles
  ) throws(CommandError) {
    self.path = path
    self.existing = existing
    let (target, descriptor) = try Self.target(of: path)
    self.target = target
    let file = descriptor.map { FileIdentity(of: $0) } ?? FileIdentity(of: target)
    place = try Self.place(of: file, descriptor, path)
    if let source = sources.name(of: file, at: target) {
      throw Self.error(path, "is read by this command (\(source)): write to another file")
    }
    if case .file(.some) = place, case .refused(let advice) = existing {
      throw Self.error(path, "already exists: \(advice)")
    }
  }

  /// Whether a person looks at what is written.
  var isTerminal: Bool {
    switch place {
    case .descriptor(let descriptor): return isatty(descriptor) == 1
    case .file: return false
    case .special:
      let descriptor = unsafe open(target, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
      defer { if descriptor >= 0 { close(descriptor) } }
      return isatty(descriptor) == 1
    }
  }

  /// Writes what a closure hands on piece by piece; what it throws leaves the file as it was.
  func write(_ pieces: (_ output: @escaping ([UInt8]) throws -> Void) throws -> Void) throws {
    OpenFile.ignoreSizeSignal()
    switch place {
    case .descriptor(let descriptor):
      try pieces(OpenFile(descriptor, name: path).write)
    case .special:
      let descriptor = unsafe open(target, O_WRONLY | O_NOCTTY | O_CLOEXEC)
      guard descriptor >= 0 else { throw Self.error(path, SystemMessage.text(errno)) }
      defer { close(descriptor) }
      try pieces(OpenFile(descriptor, name: path).write)
    case .file(let old):
      let new = try NewFile(beside: target, name: path)
      do {
        try pieces(new.file.write)
        try new.finish(as: target, replacing: old, replaces: replaces)
      } catch {
        new.discard()
        throw error
      }
    }
  }

  private var replaces: Bool {
    if case .replaced = existing { true } else { false }
  }

  // MARK: - Where a path leads

  private static func error(_ path: String, _ words: String) -> CommandError {
    CommandError(.cannotWrite, "\(path): \(words)")
  }

  /// What the links of a path lead to: a path, and the number of an open file if it is one.
  private static func target(
    of path: String
  ) throws(CommandError) -> (path: String, descriptor: Int32?) {
    guard !path.isEmpty else { throw error("-o", "expected a file name, found an empty one") }
    var target = path
    for _ in 0..<40 {
      if let descriptor = descriptor(target) { return (target, descriptor) }
      guard let link = FilePath.link(at: target) else { return (target, nil) }
      target = link.hasPrefix("/") ? link : FilePath.folder(of: target) + "/" + link
    }
    throw error(path, SystemMessage.text(ELOOP))
  }

  /// The number of an open file in a path of the system: `/dev/fd/1`, `/proc/self/fd/1`.
  private static func descriptor(_ path: String) -> Int32? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    let own = ["self", "thread-self", "\(getpid())"]
    let isOpenFile =
      path.hasPrefix("/")
      && (parts.count == 3 && parts.starts(with: ["dev", "fd"])
        || parts.count == 4 && parts[0] == "proc" && parts[2] == "fd"
          && own.contains(String(parts[1])))
    return isOpenFile ? parts.last.flatMap { Int32($0) } : nil
  }

  private static func place(
    of file: FileIdentity?,
    _ descriptor: Int32?,
    _ path: String
  ) throws(CommandError) -> Place {
    if let descriptor { return .descriptor(descriptor) }
    switch file?.kind {
    case nil, S_IFREG?: return .file(file)
    case S_IFDIR?: throw error(path, "expected a file, found a folder: name a file in it")
    default: return .special
    }
  }
}

/// A file that is being written, and has its name when it is whole.
private struct NewFile {
  let file: OpenFile
  private let folder: String
  /// The name that it has meanwhile; nil where it can be without one.
  private let temporary: String?

  /// Opens a file in the folder of another one.
  init(beside target: String, name: String) throws(CommandError) {
    folder = FilePath.folder(of: target)
    let unnamed = unsafe strata_open_unnamed(folder)
    if unnamed >= 0 {
      (file, temporary) = (OpenFile(unnamed, name: name), nil)
      return
    }
    let path = Self.freeName(in: folder)
    unsafe strata_remove_at_end(path)
    let named = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    let reason = errno
    (file, temporary) = (OpenFile(named, name: name), path)
    guard named >= 0 else {
      strata_keep_at_end()
      throw file.failure(reason)
    }
  }

  private static func freeName(in folder: String) -> String {
    folder + "/.strata-\(getpid())-" + String(UInt64.random(in: 0 ... .max), radix: 36)
  }

  /// Removes what was written.
  func discard() {
    close(file.descriptor)
    guard let temporary else { return }
    _ = unsafe unlink(temporary)
    strata_keep_at_end()
  }

  /// Flushes the file to disk, and gives it its name.
  ///
  /// - Parameters:
  ///   - target: The name.
  ///   - old: What had the name, whose owner and permissions are kept.
  ///   - replaces: Whether a file of that name is replaced; otherwise it is an error, even if it
  ///     was created meanwhile.
  /// - Throws: `CommandError` where the system refuses; the file has no name then.
  func finish(
    as target: String,
    replacing old: FileIdentity?,
    replaces: Bool
  ) throws(CommandError) {
    if let old {
      // Only the system's administrator can give files away; the permissions are what counts.
      if old.owner != geteuid() || old.group != getegid() {
        _ = fchown(file.descriptor, old.owner, old.group)
      }
      _ = fchmod(file.descriptor, old.mode & 0o777)
    }
    // Where a file system cannot do that, there is nothing to do.
    guard fsync(file.descriptor) == 0 || [EINVAL, ENOTSUP].contains(errno) else {
      throw file.failure(errno)
    }
    guard try name(target, replaces: replaces) else { throw file.failure(errno) }
    // What has its name is whole: nothing is left to report or undo.
    close(file.descriptor)
    strata_keep_at_end()
    let folder = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  /// Whether the file has its name now; if not, `errno` says why.
  private func name(_ target: String, replaces: Bool) throws(CommandError) -> Bool {
    guard let temporary else {
      if unsafe strata_name_file(file.descriptor, target) == 0 { return true }
      guard replaces, errno == EEXIST else { return false }
      let name = Self.freeName(in: folder)
      guard unsafe strata_name_file(file.descriptor, name) == 0 else { return false }
      if unsafe rename(name, target) == 0 { return true }
      let reason = errno
      _ = unsafe unlink(name)
      errno = reason
      return false
    }
    if replaces { return unsafe rename(temporary, target) == 0 }
    // Unlike a rename, a second name never replaces a file.
    guard unsafe link(temporary, target) == 0 else {
      guard errno != EEXIST, FileIdentity(of: target) == nil else { return false }
      return unsafe rename(temporary, target) == 0
    }
    _ = unsafe unlink(temporary)
    return true
  }
}
#endif
