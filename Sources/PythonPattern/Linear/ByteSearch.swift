// SPDX-License-Identifier: Apache-2.0

/// A search for bytes within others, in time that grows only with the others.
///
/// Knuth, Morris and Pratt, "Fast pattern matching in strings", 1977.
struct ByteSearch: Sendable {
  let bytes: [UInt8]
  /// For each prefix of the bytes, the length of the longest shorter prefix that it ends with.
  private let borders: [Int32]

  /// Prepares to search.
  ///
  /// - Complexity: O(*n*) in the bytes.
  init(_ bytes: [UInt8]) {
    var borders = [Int32](repeating: 0, count: bytes.count)
    var length = 0
    for index in bytes.indices.dropFirst() {
      while length > 0, bytes[index] != bytes[length] { length = Int(borders[length - 1]) }
      if bytes[index] == bytes[length] { length += 1 }
      borders[index] = Int32(length)
    }
    (self.bytes, self.borders) = (bytes, borders)
  }

  /// Whether the bytes occur within others.
  func finds(in text: [UInt8]) -> Bool {
    guard !bytes.isEmpty else { return true }
    var length = 0
    for byte in text {
      while length > 0, byte != bytes[length] { length = Int(borders[length - 1]) }
      guard byte == bytes[length] else { continue }
      length += 1
      if length == bytes.count { return true }
    }
    return false
  }
}
