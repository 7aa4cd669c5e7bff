// SPDX-License-Identifier: Apache-2.0

// Names, labels and warnings come from programs. A terminal obeys escape sequences, and bidirectional
// controls reorder what a reader sees, so nothing of that kind reaches a picture or a table.

extension String {
  /// The text without anything that controls a terminal or hides from the reader.
  ///
  /// Line breaks and tabs become spaces; other controls, invisible format characters, and
  /// code points that are no characters become U+FFFD.
  package var printable: String {
    // Most names are ASCII, whose categories need not be looked up.
    if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
    guard unicodeScalars.contains(where: { $0.printable != $0 }) else { return self }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: unicodeScalars.lazy.map(\.printable))
    return String(result)
  }

  /// How many columns of a terminal the text takes.
  package var columns: Int {
    unicodeScalars.reduce(0) { $0 + $1.columns }
  }

  /// The text with spaces behind it, up to a number of columns.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - columns))
  }

  /// The text with spaces before it, up to a number of columns.
  package func paddedLeft(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - columns)) + self
  }

  /// Whether the text takes no more than so many columns; with more than three marks for each letter
  /// it takes more, for marks take no column, and a name may have a million.
  package func fits(in limit: Int) -> Bool {
    unicodeScalars.count / Self.scalarsPerColumn <= limit && columns <= limit
  }

  private static let scalarsPerColumn = 4

  /// The longest beginning that fits.
  package func prefix(columns limit: Int) -> String {
    var result = UnicodeScalarView()
    var (width, count) = (0, 0)
    for scalar in unicodeScalars {
      width += scalar.columns
      count += 1
      guard width <= limit, count / Self.scalarsPerColumn <= limit else { break }
      result.append(scalar)
    }
    return String(result)
  }

  /// The longest end that fits.
  package func suffix(columns limit: Int) -> String {
    var result: [Unicode.Scalar] = []
    var width = 0
    for scalar in unicodeScalars.reversed() {
      width += scalar.columns
      guard width <= limit, result.count / Self.scalarsPerColumn <= limit else { break }
      result.append(scalar)
    }
    // A mark without the letter that it belongs to would stick to the ellipsis.
    while result.last?.columns == 0 { result.removeLast() }
    var view = UnicodeScalarView()
    view.append(contentsOf: result.reversed())
    return String(view)
  }

  /// The text with its middle replaced by `…` where it is too long.
  package func shortenedInMiddle(to limit: Int) -> String {
    guard !fits(in: limit) else { return self }
    guard limit > 1 else { return limit == 1 ? "…" : "" }
    let tail = suffix(columns: (limit - 1) / 2)
    return prefix(columns: limit - 1 - tail.columns) + "…" + tail
  }

  /// The words of the text in lines of at most so many columns; a longer word is cut.
  package func wrapped(to limit: Int) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ") {
      let word = String(word).shortenedInMiddle(to: limit)
      if let last = lines.last, last.columns + 1 + word.columns <= limit {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(word)
      }
    }
    return lines
  }
}

extension Unicode.Scalar {
  fileprivate var printable: Unicode.Scalar {
    switch properties.generalCategory {
    case .control: self == "\n" || self == "\t" || self == "\r" ? " " : "\u{FFFD}"
    case .lineSeparator, .paragraphSeparator: " "
    case .format, .surrogate, .unassigned, .privateUse: "\u{FFFD}"
    default: self
    }
  }

  /// Two columns for East Asian wide characters and emoji, none for combining marks.
  fileprivate var columns: Int {
    if value < 0x300 { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    if (0x1160...0x11FF).contains(value) { return 0 }
    return properties.isEmojiPresentation || Self.wide.contains { $0.contains(value) } ? 2 : 1
  }

  /// Ranges of Unicode's `EastAsianWidth.txt` that are W or F, with their small holes closed.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x17000...0x18CFF, 0x1B000...0x1B2FF, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
}
