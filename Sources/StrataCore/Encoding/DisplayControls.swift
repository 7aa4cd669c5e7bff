// SPDX-License-Identifier: Apache-2.0

// Names, files and labels come from programs. A terminal obeys escape sequences in them, and
// bidirectional controls show a reader another text than there is.

extension Unicode.Scalar {
  /// Whether the code point is no letter or sign, but changes how others are shown: controls, line
  /// and paragraph separators, bidirectional controls, and what has no width.
  ///
  /// A list, not Unicode's category, so that the answer does not depend on the version of Unicode.
  package var controlsDisplay: Bool {
    switch value {
    // Controls; the soft hyphen, the Arabic letter mark, the Mongolian vowel separator.
    case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x61C, 0x180E: true
    // Spaces and joiners without width, marks and overrides of direction, separators, isolates.
    case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F: true
    // The byte order mark, annotations, tags.
    case 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F: true
    default: false
    }
  }

  /// What Python's `repr` writes for the code point: `\n`, `\x1b`, `\u202e`, `\U000e0001`.
  fileprivate var escape: String {
    switch self {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: Self.escape(of: value)
    }
  }

  fileprivate static func escape(of value: UInt32) -> String {
    let (letter, width) = value <= 0xFF ? ("x", 2) : value <= 0xFFFF ? ("u", 4) : ("U", 8)
    let digits = String(value, radix: 16)
    return "\\\(letter)" + String(repeating: "0", count: width - digits.utf8.count) + digits
  }
}

extension ByteString {
  /// The text as a terminal may get it: what controls the display, or is not UTF-8, is written as
  /// Python's `repr` writes it, such as `\x1b` and `\udce9`.
  ///
  /// - Complexity: O(*n*) in the bytes.
  package var escapedForDisplay: ByteString {
    ByteString(bytes.escapedForDisplay())
  }
}

extension String {
  /// The text as a terminal may get it: see ``ByteString/escapedForDisplay``.
  package var escapedForDisplay: String {
    ByteString(self).escapedForDisplay.string
  }
}

extension [UInt8] {
  /// The text as a terminal may get it; its line feeds may be kept.
  package func escapedForDisplay(keepingLineFeeds: Bool = false) -> [UInt8] {
    if allSatisfy({ (0x20..<0x7F).contains($0) || keepingLineFeeds && $0 == 0x0A }) { return self }
    var escaped: [UInt8] = []
    escaped.reserveCapacity(count + 16)
    var offset = 0
    while offset < count {
      let (value, length) = CodePointDecoder.decode(self, at: offset)
      let scalar = Unicode.Scalar(value)
      if keepingLineFeeds && value == 0x0A || scalar.map({ !$0.controlsDisplay }) ?? false {
        escaped += self[offset..<offset + length]
      } else {
        escaped.append(contentsOf: (scalar?.escape ?? Unicode.Scalar.escape(of: value)).utf8)
      }
      offset += length
    }
    return escaped
  }
}
