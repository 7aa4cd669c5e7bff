// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The positions of the parts of a picture of differences, in pixels.
struct ComparisonLayout {
  static let rowHeight = 24.0
  static let barHeight = 14.0
  /// A sample of a colour and the space behind it.
  static let swatchWidth = 18.0
  /// What a quantity at the end of a bar takes, its distance from the bar included.
  private static let labelWidth = 70.0

  let axis: DivergingAxis
  /// The columns of figures right of the bars; none where the picture is narrow.
  let columns: [Column]
  /// The right edge of the names.
  let nameRight: Double
  /// The edges of the bars, labels at their ends aside.
  let left: Double
  let right: Double
  /// Where the picture ends on the right.
  let end: Double
  /// The first row.
  let top: Double
  /// Below the last row.
  let bottom: Double
  /// The lines at the end, broken to the width.
  let notes: [String]
  /// The lines of the totals, broken to the width.
  let totals: [String]
  /// The first of them.
  let totalY: Double
  /// The causes that occur, then the marks, in as many lines as they need.
  let legend: [LegendEntry]

  /// A sample of a colour, or a mark, with what it means.
  struct LegendEntry {
    /// Nil for a mark.
    let color: ChartColor?
    let words: String
    var x = SVGLayout.margin
    var y = 0.0

    var width: Double {
      SVGLayout.width(of: words) + (color == nil ? 0 : ComparisonLayout.swatchWidth)
    }
  }

  /// A column of figures: values before, arrows and values after below each other.
  struct Column {
    let head: String
    let figures: [ComparisonFigures.Pair]
    /// Where the values after end.
    let right: Double
    private let afterWidth: Double
    private let beforeWidth: Double

    init(_ head: String, _ figures: [ComparisonFigures.Pair], right: Double) {
      self.head = head
      self.figures = figures
      self.right = right
      afterWidth = figures.map { SVGLayout.width(of: $0.after) }.max() ?? 0
      beforeWidth = figures.map { SVGLayout.width(of: $0.before) }.max() ?? 0
    }

    /// The middle of the arrows.
    var arrow: Double { right - afterWidth - 14 }

    /// Where the values before end.
    var beforeRight: Double { arrow - 10 }

    var left: Double { min(beforeRight - beforeWidth, right - SVGLayout.width(of: head)) }
  }

  init(
    _ model: ComparisonModel,
    total: ProfileDifference,
    document: SVGDocument,
    notes: [String]
  ) {
    let end = document.width - SVGLayout.margin
    self.end = end
    totalY = document.headBottom + 30
    let total = ComparisonHead.sentences(on: total)
    totals = total.flatMap { $0.wrapped(to: Self.letters(to: end, size: 14.5)) }
    let legendTop = totalY + Double(totals.count) * 19 + 8
    legend = Self.legend(of: model, from: legendTop, to: end)
    top = (legend.last?.y ?? legendTop) + 50
    bottom = top + Double(model.rows.count) * Self.rowHeight
    nameRight = SVGLayout.margin + (end - SVGLayout.margin) * 0.345
    let figures = model.rows.map(ComparisonFigures.init)
    columns = document.width < 800 ? [] : Self.columns(figures, end: end)
    let free = columns.last.map { $0.left - 12 } ?? end
    let hasLeft = model.rows.contains { $0.change < 0 }
    let hasRight = model.rows.contains { $0.change >= 0 }
    left = nameRight + (hasLeft ? Self.labelWidth : 16)
    right = max(left + 80, free - (hasRight ? Self.labelWidth : 8))
    axis = DivergingAxis(
      from: model.minimum,
      through: model.maximum,
      mostSteps: Int((right - left) / 60)
    )
    self.notes = notes.flatMap { $0.wrapped(to: Self.letters(to: end, size: 12)) }
  }

  private static func legend(
    of model: ComparisonModel,
    from top: Double,
    to end: Double
  ) -> [LegendEntry] {
    var (x, y) = (SVGLayout.margin, top)
    let causes = model.causes.map { LegendEntry(color: $0.color, words: $0.words) }
    return (causes + model.marks.map { LegendEntry(color: nil, words: $0) }).map { entry in
      if x > SVGLayout.margin, x + entry.width > end {
        (x, y) = (SVGLayout.margin, y + SVGLayout.legendRow)
      }
      var placed = entry
      (placed.x, placed.y) = (x, y)
      x += entry.width + 14
      return placed
    }
  }

  private static func letters(to end: Double, size: Double) -> Int {
    SVGLayout.letters(from: SVGLayout.margin, to: end, size: size)
  }

  /// The columns from the right edge on.
  private static func columns(_ figures: [ComparisonFigures], end: Double) -> [Column] {
    let calls = Column("calls", figures.map(\.calls), right: end)
    return [calls, Column("self time", figures.map(\.selfTime), right: calls.left - 18)]
  }

  /// Where the notes begin.
  var notesTop: Double { bottom + 30 }

  /// The height of the picture.
  var height: Double { notesTop + Double(notes.count) * SVGLayout.noteRow + 8 }

  /// The place of a change on the axis.
  func x(of value: Double) -> Double {
    let span = axis.maximum - axis.minimum
    let share = span > 0 ? (value - axis.minimum) / span : 0
    return left + max(0, min(1, share)) * (right - left)
  }

  /// The upper edge of a row.
  func y(ofRow index: Int) -> Double {
    top + Double(index) * Self.rowHeight
  }

  /// A letter of a font of fixed width is 0.6 of its size wide, at most 0.62.
  var nameColumns: Int {
    max(8, Int((nameRight - SVGLayout.margin - 16) / (11.5 * 0.62)))
  }
}
