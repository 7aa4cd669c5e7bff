// SPDX-License-Identifier: Apache-2.0

extension String {
  /// The text as Python's `repr` writes it: quoted, with escapes for what cannot be printed.
  ///
  /// Source: `unicode_repr` in CPython's `Objects/unicodeobject.c`.
  var pythonRepresentation: String {
    let quote: Unicode.Scalar =
      unicodeScalars.contains("'") && !unicodeScalars.contains("\"") ? "\"" : "'"
    var text = String.UnicodeScalarView([quote])
    for scalar in unicodeScalars {
      switch scalar {
      case quote, "\\": text += ["\\", scalar]
      case "\t": text += ["\\", "t"]
      case "\n": text += ["\\", "n"]
      case "\r": text += ["\\", "r"]
      default:
        if scalar.isPrintable { text.append(scalar) } else { text += scalar.pythonEscape }
      }
    }
    text.append(quote)
    return String(text)
  }
}

extension Unicode.Scalar {
  /// Whether Python prints the code point as it is.
  fileprivate var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    case .spaceSeparator: self == " "
    default: true
    }
  }

  fileprivate var pythonEscape: String.UnicodeScalarView {
    let (letter, width) = value < 0x100 ? ("x", 2) : value < 0x1_0000 ? ("u", 4) : ("U", 8)
    let digits = String(value, radix: 16)
    let zeros = String(repeating: "0", count: width - digits.count)
    return "\\\(letter)\(zeros)\(digits)".unicodeScalars
  }
}
