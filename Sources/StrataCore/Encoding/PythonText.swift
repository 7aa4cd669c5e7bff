// SPDX-License-Identifier: Apache-2.0

extension String {
  /// The text in quotes as Python's `repr` writes it: `unicode_repr` in `Objects/unicodeobject.c`.
  ///
  /// - Complexity: O(*n*) in the code points.
  package var pythonQuoted: String {
    let scalars = unicodeScalars
    let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var quoted = String(quote)
    for scalar in scalars {
      switch scalar {
      case "\\", quote: quoted += "\\\(scalar)"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default: quoted += scalar.isPythonPrintable ? String(scalar) : scalar.pythonEscape
      }
    }
    quoted.unicodeScalars.append(quote)
    return quoted
  }

  /// Whether Python's `str.isidentifier` holds.
  package var isPythonIdentifier: Bool {
    guard let first = unicodeScalars.first else { return false }
    return (first == "_" || first.isInUnicode15 && first.properties.isXIDStart)
      && unicodeScalars.dropFirst().allSatisfy { $0.isInUnicode15 && $0.properties.isXIDContinue }
  }
}

extension Unicode.Scalar {
  /// Whether Unicode 15.1, which CPython 3.13 holds to, knows the code point.
  ///
  /// The Swift library holds to a newer one. Where nothing was added since, nothing is looked up.
  package var isInUnicode15: Bool {
    switch value {
    case ..<0x88F, 0x898...0xC5B, 0xCDD...0x1ACE, 0x1C8B...0x20C0, 0x3400...0xA7CA, 0xAC00...0xD7FF:
      return true
    default:
      break
    }
    guard let age = properties.age else { return false }
    return (age.major, age.minor) <= (15, 1)
  }

  /// The category that CPython's `unicodedata` gives.
  package var pythonCategory: Unicode.GeneralCategory {
    isInUnicode15 ? properties.generalCategory : .unassigned
  }

  /// Whether Python's `str.isprintable` holds.
  fileprivate var isPythonPrintable: Bool {
    switch pythonCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    case .spaceSeparator: self == " "
    default: true
    }
  }

  /// `\x1b`, `\u200b` or `\U000e0001`.
  fileprivate var pythonEscape: String {
    let (letter, width) = value <= 0xFF ? ("x", 2) : value <= 0xFFFF ? ("u", 4) : ("U", 8)
    let digits = String(value, radix: 16)
    return "\\\(letter)" + String(repeating: "0", count: width - digits.utf8.count) + digits
  }
}
