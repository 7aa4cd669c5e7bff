// SPDX-License-Identifier: Apache-2.0

/// The lines of a regular file, read as they are asked for.
final class FileLines {
  /// The most bytes that a line may have.
  static let lineLimit = 1 << 20
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
  /// A line that cannot be read, or is longer than ``lineLimit``, is the last.
  func next() -> Result<ArraySlice<UInt8>, InputError>? {
    number += 1
    // How many bytes are known to hold no line feed.
    var seen = 0
    while true {
      let rest = buffer.dropFirst(seen)
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer = buffer[(end + 1)...] }
        return .success(buffer[..<end])
      }
      if isAtEnd {
        defer { buffer = [] }
        return buffer.isEmpty ? nil : .success(buffer)
      }
      seen = buffer.count
      do { try fill() } catch { return end(error) }
    }
  }

  private func fill() throws(InputError) {
    guard buffer.count <= Self.lineLimit else {
      throw Self.tooLong(path, number)
    }
    let bytes = try file.read(Self.step)
    isAtEnd = bytes.isEmpty
    buffer = (Array(buffer) + bytes)[...]
  }

  static func tooLong(_ path: String, _ number: Int) -> InputError {
    InputError(path: path, .line(number, reason: "expected at most \(lineLimit) bytes, found more"))
  }

  private func end(_ error: InputError) -> Result<ArraySlice<UInt8>, InputError> {
    (buffer, isAtEnd) = ([], true)
    return .failure(error)
  }
}
