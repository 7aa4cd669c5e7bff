// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The frames of a flame graph: a rectangle with its details for each, and a name where there is room.
struct FlameFrames {
  let tree: CallTree
  let layout: FlameLayout

  /// Fewer letters of a name say nothing.
  private static let leastLetters = 3

  /// What the functions are called, and which of them each text in a frame stands for so far.
  private struct Names {
    let all: FlameNames
    var functions: [String: Function] = [:]

    /// The text that fits into a frame, unless it stands for another function already.
    mutating func text(of label: FlameLabel, letters: Int) -> String? {
      let text = label.name.shortenedAtEnd(to: letters)
      guard let function = label.node.function else { return text }
      if let other = functions[text], other != function { return nil }
      functions[text] = function
      return text
    }
  }

  func write(to svg: inout XMLWriter) {
    var styles = FlameStyles()
    var names = Names(all: FlameNames(tree))
    svg.empty(
      "text",
      [
        "class": "strata-details strata-ink", "x": FlameLayout.margin.coordinate,
        "y": layout.detailsBaseline.coordinate,
      ]
    )
    for (depth, row) in layout.rows.enumerated() {
      let y = layout.framesTop + Double(depth) * FlameLayout.rowHeight
      let place: KeyValuePairs = [
        "class": "strata-row", "transform": "translate(0 \(y.coordinate))",
      ]
      svg.element("g", place) { svg in
        for frame in row { write(frame, &styles, &names, to: &svg) }
      }
    }
  }

  private func write(
    _ frame: FlameLayout.Frame,
    _ styles: inout FlameStyles,
    _ names: inout Names,
    to svg: inout XMLWriter
  ) {
    let node = tree.nodes[frame.node]
    let label = FlameLabel(node, total: tree.totalTime.count, names.all)
    let (x, width) = layout.span(of: frame)
    let place: KeyValuePairs = [
      "class": frame.isHidden ? FlameStyle.hidden : styles.style(of: node),
      "x": x.fineCoordinate, "width": FlameLayout.painted(width).fineCoordinate,
      "height": FlameLayout.frameHeight.coordinate,
    ]
    svg.element("rect", place, title: frame.isHidden ? label.hiddenDetails : label.details)
    let letters = Int((width - 6) / FlameLayout.letterWidth)
    guard letters >= Self.leastLetters,
      let text = frame.isHidden
        ? label.hiddenName.shortenedAtEnd(to: letters) : names.text(of: label, letters: letters)
    else { return }
    svg.element("text", ["x": (x + 3).coordinate, "y": "12.5"], text: text)
  }
}

extension Double {
  /// The number as a coordinate that stays true when it is enlarged a hundred times.
  fileprivate var fineCoordinate: String {
    isFinite ? shortText(decimals: 3) : "0"
  }
}

extension String {
  /// The text with its end replaced by `…` where it is too long.
  fileprivate func shortenedAtEnd(to limit: Int) -> String {
    fits(in: limit) ? self : prefix(columns: limit - 1) + "…"
  }
}
