// SPDX-License-Identifier: Apache-2.0

/// The lines of a regular file, read as they are asked for.
final class FileLines {
  /// The most bytes that a line may have.
  static let lineLimit = SpoolEntry.maximumLineSize
  /// How much of a longer line is passed over: a file with a hole could be as long as it likes.
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
  /// In the place of a line that is longer than ``lineLimit`` stands a failure. One that cannot be
  /// read, or is very long, is the last.
  func next() -> Result<ArraySlice<UInt8>, InputError>? {
    number += 1
    // How many bytes in the buffer are known to hold no line feed, and how many before it.
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
