// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What is above and below the frames: the title, the signs, the notes.
struct FlameHead {
  let caption: FlameCaption
  let layout: FlameLayout

  /// The places of the palette that stand for all colours among the signs.
  private static let samples = [7, 2, 8]

  func write(to svg: inout XMLWriter) {
    let left = FlameLayout.margin
    let letters = SVGLayout.letters(from: left, to: layout.width - left, size: 16)
    line(
      caption.headline.shortenedInMiddle(to: letters),
      "strata-ink strata-title",
      at: (left, FlameLayout.titleBaseline),
      in: &svg
    )
    for (index, text) in layout.headLines.enumerated() {
      line(text, "strata-muted", at: (left, layout.headBaseline(index)), in: &svg)
    }
    if layout.isEmpty { emptiness(in: &svg) } else { key(in: &svg) }
    for (index, text) in layout.noteLines.enumerated() {
      line(text, "strata-muted", at: (left, layout.noteBaseline(index)), in: &svg)
    }
  }

  /// The signs: what full and faint colours and grey say.
  private func key(in svg: inout XMLWriter) {
    var x = FlameLayout.margin
    let signs = [
      (Self.samples.map { FlameStyle.exact($0) }, "exact"),
      (Self.samples.map { FlameStyle.apportioned($0) }, caption.apportioned),
      ([FlameStyle.hidden], "not drawn: too narrow"),
    ]
    for (classes, words) in signs {
      svg.element("g", ["class": "strata-key"]) { svg in
        for style in classes {
          let place: KeyValuePairs = [
            "class": style, "x": x.coordinate, "y": (layout.keyBaseline - 10).coordinate,
            "width": "12", "height": "12",
          ]
          svg.empty("rect", place)
          x += 13
        }
        line(words, "strata-ink", at: (x + 5, layout.keyBaseline), in: &svg)
      }
      x += SVGLayout.width(of: words) * 0.92 + 22
    }
  }

  private func emptiness(in svg: inout XMLWriter) {
    let place: KeyValuePairs = [
      "class": "strata-muted", "x": (layout.width / 2).coordinate,
      "y": (layout.framesTop + 20).coordinate, "text-anchor": "middle", "font-size": "14",
    ]
    svg.element("text", place, text: "No time was recorded in this profile.")
  }

  private func line(
    _ text: String,
    _ style: String,
    at place: (x: Double, y: Double),
    in svg: inout XMLWriter
  ) {
    let attributes: KeyValuePairs = [
      "class": style, "x": place.x.coordinate, "y": place.y.coordinate,
    ]
    svg.element("text", attributes, text: text)
  }
}
