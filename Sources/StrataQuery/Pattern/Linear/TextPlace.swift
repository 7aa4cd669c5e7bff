// SPDX-License-Identifier: Apache-2.0

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
}

extension TextPlace {
  /// Whether a condition holds here.
  func satisfies(_ assertion: PatternAssertion) -> Bool {
    switch assertion {
    case .textStart: previous == nil
    case .textEnd: next == nil
    case .lastLineEnd: next == nil || next == 0x0A && offset + 1 == bytes.count
    case .lineStart: previous == nil || previous == 0x0A
    case .lineEnd: next == nil || next == 0x0A
    case .wordBoundary(let isASCII): isWordBoundary(isASCII: isASCII)
    case .noWordBoundary(let isASCII): !bytes.isEmpty && !isWordBoundary(isASCII: isASCII)
    }
  }

  private func isWordBoundary(isASCII: Bool) -> Bool {
    let isAfterWord = previous.map { CharacterCategory.isWord($0, isASCII: isASCII) } ?? false
    let isBeforeWord = next.map { CharacterCategory.isWord($0, isASCII: isASCII) } ?? false
    return isAfterWord != isBeforeWord
  }
}
