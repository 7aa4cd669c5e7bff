// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

@testable import StrataCharts

struct PrintableTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("a\nb\tc", "a b c"), ("\u{1B}[31m", "\u{FFFD}[31m"),
    ("\u{9B}2J", "\u{FFFD}2J"),
    ("a\u{202E}b", "a\u{FFFD}b"), ("\u{7F}\u{0}", "\u{FFFD}\u{FFFD}"), ("東京 é", "東京 é"),
  ])
  func `nothing that controls a terminal is left`(text: String, printable: String) {
    #expect(text.printable == printable)
  }

  @Test(arguments: [
    ("abc", 3), ("東京", 4), ("e\u{301}", 1), ("한국", 4), ("👩", 2), ("…/µ×", 4), ("", 0),
  ])
  func `columns are counted as terminals do`(text: String, columns: Int) {
    #expect(text.columns == columns)
  }

  @Test(arguments: 0...12)
  func `shortened text fits`(limit: Int) {
    for text in [
      "get_close_matches", "東京都東京都東京都", "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}x",
    ] {
      #expect(text.shortenedInMiddle(to: limit).columns <= limit)
    }
  }

  @Test(arguments: [
    (100, "/opt/pythons/3.13.0/lib/python3.13/difflib.py:650(get_close_matches)"),
    (60, "…/3.13.0/lib/python3.13/difflib.py:650(get_close_matches)"),
    (40, "…/difflib.py:650(get_close_matches)"),
    (34, "difflib.py:650(get_close_matches)"),
    (21, "difflib.py…e_matches)"),
  ])
  func `folders go first`(columns: Int, text: String) {
    let name = SeriesName(Samples.functions[0])
    #expect(name.shortened(to: columns) == text)
  }

  @Test func `words wrap`() {
    #expect("one two three four".wrapped(to: 9) == ["one two", "three", "four"])
    #expect("abcdefghijkl".wrapped(to: 5) == ["ab…kl"])
    #expect("".wrapped(to: 5) == [])
  }

  @Test(arguments: Samples.hostile)
  func `hostile names are harmless at any width`(function: Function) {
    for width in 0..<40 {
      let text = SeriesName(function).shortened(to: width)
      #expect(text.columns <= width)
      #expect(text.printable == text)
    }
  }
}
