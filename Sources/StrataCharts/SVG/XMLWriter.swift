// SPDX-License-Identifier: Apache-2.0

/// Writes elements of XML, each on a line of its own; whatever the text, the result is valid.
struct XMLWriter {
  /// The text so far.
  private(set) var text = ""

  /// Writes an element that holds elements.
  mutating func element(
    _ name: String,
    _ attributes: KeyValuePairs<String, String> = [:],
    _ content: (inout XMLWriter) -> Void
  ) {
    open(name, attributes)
    text += ">\n"
    content(&self)
    text += "</\(name)>\n"
  }

  /// Writes an element that holds text.
  mutating func element(
    _ name: String,
    _ attributes: KeyValuePairs<String, String> = [:],
    text content: String
  ) {
    open(name, attributes)
    text += ">\(content.escapedForXML)</\(name)>\n"
  }

  /// Writes an element with a title that a browser shows when the pointer rests on it.
  mutating func element(
    _ name: String,
    _ attributes: KeyValuePairs<String, String>,
    title: String
  ) {
    open(name, attributes)
    text += "><title>\(title.escapedForXML)</title></\(name)>\n"
  }

  /// Writes an element without content.
  mutating func empty(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    open(name, attributes)
    text += "/>\n"
  }

  /// Writes what is valid markup already.
  mutating func markup(_ markup: String) {
    text += markup
  }

  private mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    text += "<\(name)"
    for (key, value) in attributes {
      text += " \(key)=\"\(value.escapedForXML)\""
    }
  }
}

extension String {
  /// The text without markup, and with U+FFFD for the characters that XML 1.0 cannot hold.
  var escapedForXML: String {
    guard utf8.contains(where: \.mayNeedEscaping) else { return self }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      case "\t", "\n": result.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}":
        result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}

extension UInt8 {
  /// Whether a byte may be part of what XML cannot hold as it is; most texts have none.
  fileprivate var mayNeedEscaping: Bool {
    switch self {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
      UInt8(ascii: "'"):
      true
    case UInt8(ascii: "\n"), UInt8(ascii: "\t"): false
    default: !(0x20..<0x7F).contains(self)
    }
  }
}
