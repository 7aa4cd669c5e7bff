// SPDX-License-Identifier: Apache-2.0

/// Writes elements of XML, each on a line of its own; whatever the text, the result is valid.
///
/// What is written is handed on piece by piece, so that a picture is never in memory as a whole.
struct XMLWriter {
  /// The text that has not been handed on, in UTF-8.
  private var bytes: [UInt8] = []
  private let output: ([UInt8]) -> Void

  private static let pieceSize = 1 << 16

  private init(output: @escaping ([UInt8]) -> Void) {
    self.output = output
  }

  /// Hands on what `body` writes; what `output` throws ends that, and is thrown when `body` is done.
  static func write<Failure>(
    to output: ([UInt8]) throws(Failure) -> Void,
    _ body: (inout XMLWriter) -> Void
  ) throws(Failure) {
    var failure: Failure?
    withoutActuallyEscaping(output) { output in
      var writer = XMLWriter { bytes in
        guard failure == nil else { return }
        do throws(Failure) { try output(bytes) } catch { failure = error }
      }
      body(&writer)
      if !writer.bytes.isEmpty { writer.output(writer.bytes) }
    }
    if let failure { throw failure }
  }

  /// What `body` writes, as a whole.
  static func text(_ body: (inout XMLWriter) -> Void) -> String {
    var bytes: [UInt8] = []
    write(to: { bytes += $0 }, body)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes an element that holds elements.
  mutating func element(
    _ name: String,
    _ attributes: KeyValuePairs<String, String> = [:],
    _ content: (inout XMLWriter) -> Void
  ) {
    open(name, attributes)
    append(">\n")
    content(&self)
    append("</\(name)>\n")
    pass()
  }

  /// Writes an element that holds text.
  mutating func element(
    _ name: String,
    _ attributes: KeyValuePairs<String, String> = [:],
    text content: String
  ) {
    open(name, attributes)
    append(">\(content.escapedForXML)</\(name)>\n")
    pass()
  }

  /// Writes an element with a title that a browser shows when the pointer rests on it.
  mutating func element(
    _ name: String,
    _ attributes: KeyValuePairs<String, String>,
    title: String
  ) {
    open(name, attributes)
    append("><title>\(title.escapedForXML)</title></\(name)>\n")
    pass()
  }

  /// Writes an element without content.
  mutating func empty(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    open(name, attributes)
    append("/>\n")
    pass()
  }

  /// Writes what is valid markup already.
  mutating func markup(_ markup: String) {
    append(markup)
    pass()
  }

  private mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    append("<\(name)")
    for (key, value) in attributes {
      append(" \(key)=\"\(value.escapedForXML)\"")
    }
  }

  private mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func pass() {
    guard bytes.count >= Self.pieceSize else { return }
    output(bytes)
    bytes.removeAll(keepingCapacity: true)
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
  /// Whether a byte may be part of what XML cannot hold unescaped; most texts have none.
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
