// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The frames of a flame graph: a rectangle with its details for each, and a name where there is room.
struct FlameFrames {
  let tree: CallTree
  let layout: FlameLayout

  /// Fewer letters of a name say nothing.
  private static let leastLetters = 3

  func write(to svg: inout XMLWriter) {
    var styles = FlameStyles()
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
        for frame in row { write(frame, &styles, to: &svg) }
      }
    }
  }

  private func write(
    _ frame: FlameLayout.Frame,
    _ styles: inout FlameStyles,
    to svg: inout XMLWriter
  ) {
    let node = tree.nodes[frame.node]
    let label = FlameLabel(node, total: tree.totalTime.count)
    let (x, width) = layout.span(of: frame)
    let place: KeyValuePairs = [
      "class": frame.isHidden ? FlameStyle.hidden : styles.style(of: node),
      "x": x.fineCoordinate, "width": FlameLayout.painted(width).fineCoordinate,
      "height": FlameLayout.frameHeight.coordinate,
    ]
    svg.element("rect", place, title: frame.isHidden ? label.hiddenDetails : label.details)
    let letters = Int((width - 6) / FlameLayout.letterWidth)
    guard letters >= Self.leastLetters else { return }
    let name = frame.isHidden ? label.hiddenName : label.name
    svg.element(
      "text",
      ["x": (x + 3).coordinate, "y": "12.5"],
      text: name.shortenedAtEnd(to: letters)
    )
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
    columns <= limit ? self : prefix(columns: limit - 1) + "…"
  }
}
