// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import Testing

@testable import StrataCharts

/// Names in pictures: bounded, and none that stands for two things.
struct NameTests {
  /// Names that become alike when they are shortened, or made printable.
  private static let alike: [Function] =
    ["a", "b", "c"].map { letter in
      let middle = String(repeating: "x", count: 900) + letter + String(repeating: "x", count: 900)
      return Samples.function("/srv/\(letter)/long.py", 3, "begin_\(middle)_end")
    } + [
      Samples.function("/srv/app.py", 1, "f\u{1}"), Samples.function("/srv/app.py", 1, "f\u{2}"),
      Samples.function("/srv/app.py", 1, "e\u{301}"), Samples.function("/srv/app.py", 1, "é"),
      Function(file: "x", line: 2, name: ByteString([0xFF])),
      Function(file: "x", line: 2, name: ByteString([0xFE])),
      Samples.function("other", 3, "f"),
    ]

  /// Names of 200 kB: of letters, of marks that take no column, and of folders.
  private static let huge = [
    Samples.function("/srv/app.py", 1, String(repeating: "long", count: 50_000)),
    Samples.function("/srv/app.py", 2, "e" + String(repeating: "\u{301}", count: 100_000)),
    Samples.function(String(repeating: "/deep", count: 40_000), 3, "f"),
  ]

  @Test(arguments: [0, 1, 7, 8, 20, 60, 500, .max])
  func `no text is there twice, at any width`(columns: Int) {
    let names = (Self.alike + Samples.functions + Samples.hostile).map { SeriesName($0) }
    let texts = names.shortened(to: columns)
    #expect(Set(texts).count == names.count)
    #expect(texts.allSatisfy { $0.printable == $0 })
    guard columns >= 8 else { return }
    #expect(texts.allSatisfy { $0.fits(in: columns) })
  }

  @Test func `a name that is alone in its text has no number`() {
    let texts = Samples.functions.map { SeriesName($0) }.shortened(to: 40)
    #expect(texts.allSatisfy { !$0.contains("#") })
    let twins = ["f\u{1}", "f\u{2}", "f\u{FFFD} #1"].map { SeriesName(words: $0) }
    #expect(twins.shortened(to: 40) == ["f\u{FFFD} #2", "f\u{FFFD} #3", "f\u{FFFD} #1"])
  }

  @Test func `an empty value, an absent one and their words are three`() {
    let values: [String?] = ["", nil, "\"\"", "(no host)"]
    let names = values.map { SeriesName(.label(key: "host", value: $0)) }
    #expect(names.map(\.full) == ["\"\"", "(no host)", "\"\"", "(no host)"])
    #expect(Set(names.shortened(to: 40)).count == 4)
  }

  @Test func `words that the terminal writes alike are told apart`() {
    let style = TerminalStyle(colors: .none, isUnicode: false)
    let names = ["a·b", "a-b"].map { SeriesName(words: $0) }
    #expect(names.shortened(to: 40, style.plain) == ["a-b #1", "a-b #2"])
  }

  // MARK: - Pictures

  /// The texts between two tags.
  private func contents(of tag: String, in text: String) -> [String] {
    text.split(separator: "<\(tag)>").dropFirst().map {
      String($0.prefix { $0 != "<" }.prefix { $0 != "\n" })
    }
  }

  @Test func `a name of 200 kB makes no large picture`() throws {
    var series = Samples.series(slices: 400, functions: Self.huge)
    let tree = try CallTree(FlameSamples.chain(Self.huge + Self.huge.reversed()))
    let pictures = [
      SVGChart(series).text,
      HTMLPage(title: "x", sections: [.init(heading: "", chart: series)]).text,
      ComparisonChart(Samples.comparison(functions: Self.huge)).text,
      FlameGraph(tree).text, TerminalChart(series).text,
    ]
    for (index, text) in pictures.enumerated() {
      #expect(text.utf8.count < 2_500_000, "\(index)")
      #expect(!text.contains(String(repeating: "long", count: 130)), "\(index)")
      #expect(!text.contains(String(repeating: "/deep", count: 110)), "\(index)")
    }
    series.series[0].values = []
    #expect(SVGChart(series).text.utf8.count < 3_000_000)
  }

  @Test func `each layer, row and frame has a title of its own`() throws {
    let series = Samples.series(functions: Self.alike)
    let legend = SVGChart(series).text.split(separator: "strata-key").dropFirst()
    let titles = legend.map { contents(of: "title", in: String($0)).first ?? "" }
    #expect(Set(titles).count == Self.alike.count + 1)
    let rows = ComparisonChart(Samples.comparison(functions: Self.alike)).text
      .split(separator: "<g class=\"strata-row\">").dropFirst()
      .map { contents(of: "title", in: String($0)).first ?? "" }
    #expect(rows.count > 5 && Set(rows).count == rows.count)
    let heads = HTMLPage.Table(Samples.comparison(functions: Self.alike)).rows.map { $0[0] }
    #expect(Set(heads).count == heads.count)
    let table = HTMLPage.Table(series).rows.map { $0[0] }
    #expect(Set(table).count == Self.alike.count + 1)
  }

  @Test(arguments: [480, 700, 1_200, 5_000])
  func `no text of a flame graph is of two functions`(width: Int) throws {
    let modules = ["email", "html", "json/tool", "xml/dom/mini"].map {
      Samples.function("/usr/lib/\($0)/__init__.py", 1, "<module>")
    }
    let functions = modules + Self.alike + Samples.functions
    let tree = try CallTree(FlameSamples.chain(functions), options: .init(minimumShare: 0))
    let text = FlameGraph(tree, options: .init(width: width)).text
    var titles: [String: String] = [:]
    var count = 0
    for frame in text.split(separator: "<rect class=").dropFirst() where frame.contains("<title>") {
      let title = contents(of: "title", in: String(frame)).first ?? ""
      guard let label = frame.split(separator: "y=\"12.5\">").dropFirst().first else { continue }
      let name = String(label.prefix { $0 != "<" })
      #expect(titles[name] == nil || titles[name] == title, "\(name)")
      titles[name] = title
      count += 1
    }
    #expect(count >= 4)
  }

  @Test func `folders tell modules apart, as many as needed`() throws {
    let functions = [
      "/a/email/__init__.py", "/a/html/__init__.py", "/b/html/__init__.py", "/c/x.py",
    ]
    .map { Samples.function($0, 1, "<module>") }
    let names = FlameNames(try CallTree(FlameSamples.chain(functions)))
    #expect(
      functions.map(names.label) == [
        "<module> · email/__init__.py:1", "<module> · a/html/__init__.py:1",
        "<module> · b/html/__init__.py:1", "<module> · x.py:1",
      ]
    )
  }

  @Test func `pictures are handed on in pieces, which are the whole`() throws {
    let series = Samples.series(slices: 400, functions: Samples.functions + Self.alike)
    let tree = try CallTree(FlameSamples.chain(Self.alike))
    let page = HTMLPage(title: "x", sections: [.init(heading: "", chart: series)])
    var pieces: [[UInt8]] = []
    func taken() -> String {
      defer { pieces = [] }
      #expect(pieces.allSatisfy { !$0.isEmpty && $0.count < 80_000 })
      return String(decoding: pieces.joined(), as: UTF8.self)
    }
    SVGChart(series).write { pieces.append($0) }
    #expect(pieces.count > 3)
    #expect(taken() == SVGChart(series).text)
    page.write { pieces.append($0) }
    #expect(pieces.count > 3)
    #expect(taken() == page.text)
    FlameGraph(tree).write { pieces.append($0) }
    #expect(taken() == FlameGraph(tree).text)
    let comparison = ComparisonChart(Samples.comparison())
    comparison.write { pieces.append($0) }
    #expect(taken() == comparison.text)
  }

  @Test func `what takes the pieces may fail, and gets none after that`() {
    struct Full: Error {}
    var count = 0
    #expect(throws: Full.self) {
      try SVGChart(Samples.series(slices: 400)).write { _ throws(Full) in
        count += 1
        throw Full()
      }
    }
    #expect(count == 1)
  }

  @Test func `a table for pipes has all digits of calls`() {
    var series = Samples.series(metric: .calls, slices: 1, functions: [Samples.functions[0]])
    let calls = Int128(Int64.max) - 6
    series.series[0].values = [MetricValue(calls)]
    series.series[0].total = MetricValue(calls)
    series.slices[0].total = MetricValue(calls + 2)
    series.slices[0].other = MetricValue(2)
    let text = SeriesTable(series).text
    #expect(text.components(of: "9223372036854775801") == 2)
    #expect(text.components(of: "9223372036854775803") == 2)
  }
}

extension String {
  /// How often a text is in this one.
  fileprivate func components(of text: String) -> Int {
    split(separator: text, omittingEmptySubsequences: false).count - 1
  }
}
