// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

/// Texts that a terminal shows, and does not obey.
struct DisplayControlTests {
  @Test(arguments: [
    ("plain", "plain"), ("a\nb\tc\r", #"a\nb\tc\r"#), ("\u{1B}[31m", #"\x1b[31m"#),
    ("\u{9B}2J\u{7F}\u{0}", #"\x9b2J\x7f\x00"#), ("a\u{202E}b\u{2066}", #"a\u202eb\u2066"#),
    ("\u{2028}\u{FEFF}\u{200B}", #"\u2028\ufeff\u200b"#), ("\u{E0041}", #"\U000e0041"#),
    ("東京 é\u{A0}", "東京 é\u{A0}"), (#"C:\x"#, #"C:\x"#), ("", ""),
  ])
  func `controls are written as Python's repr does`(_ text: String, _ expected: String) {
    #expect(text.escapedForDisplay == expected)
    #expect(ByteString(text).escapedForDisplay == ByteString(expected))
  }

  @Test func `what is no UTF-8 is a surrogate`() {
    #expect(
      ByteString([0x61, 0xED, 0xB3, 0xA9, 0xFF, 0xC3]).escapedForDisplay == #"a\udce9\udcff\udcc3"#
    )
  }

  @Test func `line feeds stay on request`() {
    #expect(
      Array("a\n\u{1B}\r\n".utf8).escapedForDisplay(keepingLineFeeds: true)
        == Array("a\n\\x1b\\r\n".utf8)
    )
    #expect(Array("é\n".utf8).escapedForDisplay(keepingLineFeeds: true) == Array("é\n".utf8))
  }

  @Test func `no control, separator or format character is shown`() {
    #expect("soft\u{AD}hyphen".escapedForDisplay == "soft\\xadhyphen")
    for value in 0...(0x10FFFF as UInt32) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator:
        #expect(scalar.controlsDisplay, "\(String(value, radix: 16))")
      default: break
      }
      if scalar.properties.isBidiControl {
        #expect(scalar.controlsDisplay, "\(String(value, radix: 16))")
      }
    }
  }
}
