// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// A place between two code points of a text.
struct TextPlace {
  private let bytes: [UInt8]
  /// Where the next code point begins.
  private var offset = 0
  private var nextLength = 0
  private(set) var previous: UInt32?
  private(set) var next: UInt32?

  /// The start of a text.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    decode()
  }

  var isAtEnd: Bool { next == nil }

  /// Steps over the next code point.
  mutating func advance() {
    previous = next
    offset += nextLength
    decode()
  }

  private mutating func decode() {
    guard offset < bytes.count else {
      next = nil
      nextLength = 0
      return
    }
    let (value, length) = CodePointDecoder.decode(bytes, at: offset)
    next = value
    nextLength = length
  }

  /// Whether a condition holds here.
  func satisfies(_ assertion: PatternAssertion) -> Bool {
    assertion.holds(after: previous, before: next, isLast: offset + nextLength == bytes.count)
  }
}
