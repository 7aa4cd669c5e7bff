// SPDX-License-Identifier: Apache-2.0

/// The lines of a regular file, read as they are asked for.
final class FileLines {
  /// The most bytes that a line may have.
  static let lineLimit = SpoolEntry.maximumLineSize
  /// How much of a longer line is skipped before reading stops: a file with a hole may be of any length.
  static let passedLimit = 1 << 24
  private static let step = 1 << 16

  private let path: String
  private let file: OpenFile
  /// Bytes that were read and not returned yet.
  private var buffer: ArraySlice<UInt8> = []
  private var isAtEnd = false
  /// The number of the line that was returned last, counted from 1.
  private(set) var number = 0

  /// Opens a file.
  init(_ path: String) throws(FileError) {
    self.path = path
    file = try OpenFile(path)
  }

  /// The next line without its line feed; nil at the end.
  ///
  /// A line longer than ``lineLimit`` is a failure, and the lines after it are still returned.
  /// Nothing is returned after a line that cannot be read, or is longer than ``passedLimit``.
  func next() -> Result<ArraySlice<UInt8>, FileError>? {
    number += 1
    // How many bytes of the line are in the buffer without its end, and how many were dropped from it.
    var (seen, passed) = (0, 0)
    while true {
      let end = buffer.dropFirst(seen).firstIndex(of: UInt8(ascii: "\n"))
      if end != nil || isAtEnd {
        let line = buffer[..<(end ?? buffer.endIndex)]
        buffer = buffer[(end.map { $0 + 1 } ?? buffer.endIndex)...]
        if passed + line.count > Self.lineLimit { return .failure(Self.tooLong(path, number)) }
        return end == nil && line.isEmpty ? nil : .success(line)
      }
      seen = buffer.count
      // Dropped piece by piece: a line without an end must not fill the memory.
      if passed + seen > Self.lineLimit {
        (seen, passed, buffer) = (0, passed + seen, [])
        if passed > Self.passedLimit { return last(Self.tooLong(path, number, isLast: true)) }
      }
      do { try fill() } catch { return last(error) }
    }
  }

  private func fill() throws(FileError) {
    let bytes = try file.read(Self.step)
    isAtEnd = bytes.isEmpty
    buffer = (Array(buffer) + bytes)[...]
  }

  static func tooLong(_ path: String, _ number: Int, isLast: Bool = false) -> FileError {
    let rest = isLast ? "; the rest is not read" : ""
    return FileError(
      path: path,
      .line(number, reason: "expected at most \(lineLimit) bytes, found more\(rest)")
    )
  }

  private func last(_ error: FileError) -> Result<ArraySlice<UInt8>, FileError> {
    (buffer, isAtEnd) = ([], true)
    return .failure(error)
  }
}

/// The whole lines of a file that others append to, or replace by another one.
final class GrowingLines {
  private static let step = 1 << 16
  /// How much before the next line is compared, to see that the file is still the one it was.
  private static let markSize = 512

  private let path: String
  /// Kept open between two looks: so nothing else gets its number.
  private var file: OpenFile?
  /// Where the next line begins, what precedes it, and what was read after it.
  private var offset = 0
  private var mark: ArraySlice<UInt8> = []
  private var buffer: ArraySlice<UInt8> = []
  /// Whether the rest of a line that is too long is being passed over.
  private var isPassingOver = false
  /// The number of the line that was returned last, counted from 1.
  private(set) var number = 0

  init(_ path: String) {
    self.path = path
  }

  /// Looks at the file again; returns whether its lines are read from the first one.
  func look() throws(FileError) -> Bool {
    buffer = []
    let found = try OpenFile(path)
    if try isContinued(by: found) { return false }
    file = consume found
    (offset, number, mark, isPassingOver) = (0, 0, [], false)
    return true
  }

  private func isContinued(by found: borrowing OpenFile) throws(FileError) -> Bool {
    // A file of the same number may have been cut and written again: what precedes the next line
    // shows that. Names of dumps are not used twice, so equal bytes are the same lines.
    guard file?.number == found.number, found.size >= offset else { return false }
    return try found.read(mark.count, at: offset - mark.count)[...] == mark
  }

  /// The next line without its line feed; nil where there is none that ends with one.
  ///
  /// What there is of a line is read again after the next look: its writer may take it back. Each
  /// look skips only a part of a very long line.
  func next() -> Result<ArraySlice<UInt8>, FileError>? {
    var (seen, passed) = (0, 0)
    while true {
      if let end = buffer.dropFirst(seen).firstIndex(of: UInt8(ascii: "\n")) {
        let line = buffer[..<end]
        advance(to: end + 1)
        seen = 0
        if isPassingOver {
          isPassingOver = false
          continue
        }
        number += 1
        return .success(line)
      }
      seen = buffer.count
      if seen > FileLines.lineLimit {
        advance(to: buffer.endIndex)
        (seen, passed) = (0, passed + seen)
        if !isPassingOver { return .failure(passOver()) }
        if passed > FileLines.passedLimit { return nil }
      }
      do { guard try fill() else { return nil } } catch {
        file = nil
        return .failure(error)
      }
    }
  }

  private func advance(to end: Int) {
    offset += end - buffer.startIndex
    mark = (mark + buffer[..<end]).suffix(Self.markSize)
    buffer = buffer[end...]
  }

  private func passOver() -> FileError {
    isPassingOver = true
    number += 1
    return FileLines.tooLong(path, number)
  }

  /// Reads on; returns whether there was anything.
  private func fill() throws(FileError) -> Bool {
    guard let bytes = try file?.read(Self.step, at: offset + buffer.count), !bytes.isEmpty else {
      return false
    }
    buffer = (Array(buffer) + bytes)[...]
    return true
  }
}
