// SPDX-License-Identifier: Apache-2.0

/// The lines of a regular file, read as they are asked for.
final class FileLines {
  /// The most bytes that a line may have.
  static let lineLimit = SpoolEntry.maximumLineSize
  /// How much of a longer line is skipped before reading stops: a file with a hole may be of any length.
  static let passedLimit = 1 << 24
  private static let step = 1 << 16

  private let path: String
  private let file: OpenInput
  /// Bytes that were read and not returned yet.
  private var buffer: ArraySlice<UInt8> = []
  private var isAtEnd = false
  /// The number of the line that was returned last, counted from 1.
  private(set) var number = 0

  /// Opens a file.
  init(_ path: String) throws(InputError) {
    self.path = path
    file = try OpenInput(path)
  }

  /// The next line without its line feed; nil at the end.
  ///
  /// A line longer than ``lineLimit`` is a failure, and the lines after it are still returned.
  /// Nothing is returned after a line that cannot be read, or is longer than ``passedLimit``.
  func next() -> Result<ArraySlice<UInt8>, InputError>? {
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
      if passed + seen > Self.lineLimit {
        (seen, passed, buffer) = (0, passed + seen, [])
        if passed > Self.passedLimit { return last(Self.tooLong(path, number, isLast: true)) }
      }
      do { try fill() } catch { return last(error) }
    }
  }

  private func fill() throws(InputError) {
    let bytes = try file.read(Self.step)
    isAtEnd = bytes.isEmpty
    buffer = (Array(buffer) + bytes)[...]
  }

  static func tooLong(_ path: String, _ number: Int, isLast: Bool = false) -> InputError {
    let rest = isLast ? "; what follows is not read" : ""
    return InputError(
      path: path,
      .line(number, reason: "expected at most \(lineLimit) bytes, found more\(rest)")
    )
  }

  private func last(_ error: InputError) -> Result<ArraySlice<UInt8>, InputError> {
    (buffer, isAtEnd) = ([], true)
    return .failure(error)
  }
}
