// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The frame that all pictures share: paper, style, title and the lines below it.
struct SVGDocument {
  let width: Double
  let headline: String
  /// The lines below the title, broken to the width.
  let head: [String]

  /// A document whose texts are broken to its width.
  init(width: Double, headline: String, texts: [String]) {
    self.width = width
    self.headline = headline
    let letters = Self.letters(width: width, size: 12)
    head = texts.flatMap { $0.wrapped(to: letters) }
  }

  /// Where the head ends.
  var headBottom: Double { 54 + Double(head.count - 1) * 18 }

  /// Writes the document with a height in pixels, the style of what is inside, and what is below the
  /// head.
  func write(
    height: Double,
    rules: String,
    to svg: inout XMLWriter,
    _ content: (inout XMLWriter) -> Void
  ) {
    let (width, height) = (width.coordinate, height.coordinate)
    let attributes: KeyValuePairs = [
      "xmlns": "http://www.w3.org/2000/svg", "class": "strata", "role": "img",
      "viewBox": "0 0 \(width) \(height)", "width": width, "height": height,
      "aria-label": headline,
    ]
    svg.element("svg", attributes) { svg in
      svg.element("style") { $0.markup(rules) }
      svg.empty("rect", ["class": "strata-paper", "width": width, "height": height])
      title(in: &svg)
      content(&svg)
    }
  }

  /// Writes the document of nothing: a sentence in the middle.
  func write(sentence: String, to svg: inout XMLWriter) {
    let middle = 100 + Double(head.count) * 18
    write(height: middle + 80, rules: SVGStyle.rules(layers: 0), to: &svg) { svg in
      let place: KeyValuePairs = [
        "class": "strata-muted", "x": (width / 2).coordinate, "y": middle.coordinate,
        "text-anchor": "middle", "font-size": "14",
      ]
      svg.element("text", place, text: sentence)
    }
  }

  private func title(in svg: inout XMLWriter) {
    let left = SVGLayout.margin.coordinate
    svg.element(
      "text",
      ["class": "strata-ink strata-title", "x": left, "y": "34"],
      text: headline.shortenedInMiddle(to: Self.letters(width: width, size: 16))
    )
    for (index, line) in head.enumerated() {
      let y = (54 + Double(index) * 18).coordinate
      svg.element("text", ["class": "strata-muted", "x": left, "y": y], text: line)
    }
  }

  private static func letters(width: Double, size: Double) -> Int {
    SVGLayout.letters(from: SVGLayout.margin, to: width - SVGLayout.margin, size: size)
  }
}
