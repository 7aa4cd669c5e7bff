// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The rows below the plot: colour, total, share and name of each series, then the notes.
struct SVGLegend {
  let model: ChartModel
  let caption: ChartCaption
  let layout: SVGLayout

  private let totalRight: Double

  init(model: ChartModel, caption: ChartCaption, layout: SVGLayout) {
    self.model = model
    self.caption = caption
    self.layout = layout
    let totals = model.totalTexts + [caption.totalName]
    totalRight = SVGLayout.margin + 28 + (totals.map(SVGLayout.width).max() ?? 0)
  }

  private var shareRight: Double { totalRight + 64 }

  private var nameLeft: Double { (model.total == nil ? totalRight : shareRight) + 20 }

  /// Where the picture ends.
  var bottom: Double {
    notesTop + Double(noteLines.count) * SVGLayout.noteRow + (noteLines.isEmpty ? 0 : 12)
  }

  func write(to svg: inout XMLWriter) {
    head(in: &svg)
    let names = model.layers.map(\.name).shortened(to: nameColumns)
    for (index, layer) in model.layers.enumerated() {
      svg.element("g", ["class": "strata-key strata-s\(index)"]) {
        row(index, layer, names[index], in: &$0)
      }
    }
    if let total = model.total { sum(total, in: &svg) }
    notes(in: &svg)
  }

  // MARK: - Rows

  private func y(ofRow row: Int) -> Double {
    layout.legendTop + Double(row) * SVGLayout.legendRow
  }

  private func head(in svg: inout XMLWriter) {
    number(caption.totalName, totalRight, y(ofRow: 0), "strata-muted", in: &svg)
    guard model.total != nil else { return }
    number("share", shareRight, y(ofRow: 0), "strata-muted", in: &svg)
  }

  private func row(
    _ index: Int,
    _ layer: ChartModel.Layer,
    _ name: String,
    in svg: inout XMLWriter
  ) {
    let y = y(ofRow: index + 1)
    // The pointer finds the whole row, not only its letters.
    svg.element(
      "rect",
      [
        "fill": "#000000", "fill-opacity": "0", "x": SVGLayout.margin.coordinate,
        "y": (y - 14).coordinate, "width": (layout.right - SVGLayout.margin).coordinate,
        "height": SVGLayout.legendRow.coordinate,
      ],
      title: layer.title
    )
    svg.empty(
      "rect",
      [
        "fill": layer.color.css, "x": SVGLayout.margin.coordinate, "y": (y - 10).coordinate,
        "width": "12", "height": "12", "rx": "2",
      ]
    )
    number(model.text(layer.total), totalRight, y, "strata-ink", in: &svg)
    if model.total != nil {
      number(percentage(layer.share), shareRight, y, "strata-muted", in: &svg)
    }
    let style = layer.isOther ? "strata-ink" : "strata-ink strata-name"
    svg.element(
      "text",
      ["class": style, "x": nameLeft.coordinate, "y": y.coordinate],
      text: name
    )
  }

  private func sum(_ total: Double, in svg: inout XMLWriter) {
    let y = y(ofRow: model.layers.count + 1)
    number(model.text(total), totalRight, y, "strata-ink", in: &svg)
    number(percentage(1), shareRight, y, "strata-muted", in: &svg)
    let place: KeyValuePairs = [
      "class": "strata-ink", "x": nameLeft.coordinate, "y": y.coordinate,
    ]
    svg.element("text", place, text: "everything")
  }

  private func number(
    _ text: String,
    _ right: Double,
    _ y: Double,
    _ style: String,
    in svg: inout XMLWriter
  ) {
    let place: KeyValuePairs = [
      "class": "\(style) strata-number", "x": right.coordinate, "y": y.coordinate,
    ]
    svg.element("text", place, text: text)
  }

  /// A letter of a font of fixed width is 0.6 of its size wide, at most 0.62.
  private var nameColumns: Int {
    max(8, Int((layout.right - nameLeft) / (11.5 * 0.62)))
  }

  // MARK: - Notes

  private var notesTop: Double {
    y(ofRow: model.layers.count + (model.total == nil ? 0 : 1)) + 32
  }

  private var noteLines: [String] {
    let letters = SVGLayout.letters(from: SVGLayout.margin, to: layout.right, size: 12)
    return (signs + caption.notes).flatMap { $0.wrapped(to: letters) }
  }

  private var signs: [String] {
    var signs: [String] = []
    if model.columns.contains(where: \.isPartial) {
      signs.append("Paler: the range or the data begins or ends inside the slice.")
    }
    if model.columns.contains(where: \.isGap) { signs.append("Shaded: no captures.") }
    return signs.isEmpty ? [] : [signs.joined(separator: " ")]
  }

  private func notes(in svg: inout XMLWriter) {
    for (index, line) in noteLines.enumerated() {
      let y = notesTop + Double(index) * SVGLayout.noteRow
      let place: KeyValuePairs = [
        "class": "strata-muted", "x": SVGLayout.margin.coordinate, "y": y.coordinate,
      ]
      svg.element("text", place, text: line)
    }
  }
}
