// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What is drawn, the same for every output: columns of time and layers with plain numbers.
struct ChartModel {
  /// How values are drawn.
  enum Form { case stack, lines }

  /// One bar: a slice, or a few neighbouring ones.
  struct Column {
    let start: Timestamp
    let captures: Int
    let isPartial: Bool

    /// Whether nothing was captured: a gap, which is not the same as a value of 0.
    var isGap: Bool { captures == 0 }
  }

  /// One series, or `other`.
  struct Layer {
    let name: SeriesName
    /// The name where there is room, which no other layer has.
    let title: String
    let color: ChartColor
    let isOther: Bool
    /// A value for each column; nil where it is undefined.
    let values: [Double?]
    /// The value over the whole range.
    let total: Double?
    /// The part of the whole, where there is one.
    let share: Double?

    /// The value to draw: clocks may step back, but a layer has no negative height.
    func height(at column: Int) -> Double {
      max(0, values[column] ?? 0)
    }
  }

  let form: Form
  let unit: Metric.Unit
  let columns: [Column]
  let layers: [Layer]
  /// The value of everything over the whole range, where the layers add up to it.
  let total: Double?
  /// The value of everything in each column, where it is defined.
  let columnTotals: [Double?]
  /// How many slices each column is of.
  let slicesPerColumn: Int
  /// Where the range ends.
  let end: Timestamp
  /// The width of a column in nanoseconds; the last one may be of fewer slices.
  let columnWidth: Double

  /// Merges neighbouring slices until no more than so many columns are left.
  init(_ series: SlicedSeries, mostColumns: Int) {
    let merger = SliceMerger(series, mostColumns: mostColumns)
    form = series.drawsStack ? .stack : .lines
    unit = series.metric.unit
    columns = merger.columns
    slicesPerColumn = merger.size
    columnWidth = Double(series.every.nanoseconds ?? .max) * Double(merger.size)
    end = series.end
    let whole = series.isStackable ? merger.overall(series.slices.map(\.total)) : nil
    total = whole
    columnTotals = merger.merged(series.slices.map(\.total))
    layers = Self.layers(of: series, merger, whole: whole)
  }

  private static func layers(
    of series: SlicedSeries,
    _ merger: SliceMerger,
    whole: Double?
  ) -> [Layer] {
    let colors = Palette.colors(for: series.series.map(\.key))
    let names = series.series.map { SeriesName($0.key) } + [SeriesName(words: series.otherName)]
    let titles = names.shortened(to: SeriesName.longest)
    var layers = series.series.indices.map { index in
      let (one, color) = (series.series[index], colors[index])
      let total = one.total?.finite
      return Layer(
        name: names[index],
        title: titles[index],
        color: color,
        isOther: false,
        values: merger.merged(one.values),
        total: total,
        share: share(of: total, in: whole)
      )
    }
    if series.hasOther {
      let (name, title) = (names[layers.count], titles[layers.count])
      layers.append(other(of: series, merger, whole: whole, name, title))
    }
    return layers
  }

  private static func other(
    of series: SlicedSeries,
    _ merger: SliceMerger,
    whole: Double?,
    _ name: SeriesName,
    _ title: String
  ) -> Layer {
    let values = series.slices.map(\.other)
    let total = merger.overall(values)
    return Layer(
      name: name,
      title: title,
      color: Palette.other,
      isOther: true,
      values: merger.merged(values),
      total: total,
      share: share(of: total, in: whole)
    )
  }

  private static func share(of part: Double?, in whole: Double?) -> Double? {
    guard let part, let whole, whole > 0 else { return nil }
    return part / whole
  }

  // MARK: - Looking at it

  /// Whether there is nothing to draw.
  var isEmpty: Bool { maximum <= 0 }

  /// What is shown in place of the picture where there is nothing to draw.
  var emptyMessage: String {
    if columns.allSatisfy(\.isGap) { return "No captures in this range." }
    // As of durations that no capture has: unknown is not zero.
    let isKnown = (layers.flatMap(\.values) + columnTotals).contains { $0 != nil }
    return isKnown ? "All values in this range are zero." : "No values in this range are known."
  }

  /// A value as text.
  func text(_ value: Double?) -> String {
    value.map { Quantity($0, unit: unit).description } ?? "–"
  }

  /// The totals of the legend, whose widths are that of its first column.
  var totalTexts: [String] {
    (layers.map(\.total) + [total]).map(text)
  }

  /// The largest height that is drawn.
  var maximum: Double {
    columns.indices.map { column in
      let heights = layers.lazy.map { $0.height(at: column) }
      return form == .stack ? heights.reduce(0, +) : heights.max() ?? 0
    }.max() ?? 0
  }

  /// Whether a value below zero is drawn as zero.
  var hasNegativeValues: Bool {
    layers.contains { $0.values.contains { $0 ?? 0 < 0 } }
  }

  /// The position of a time, in columns from the left.
  func position(of time: Timestamp) -> Double {
    guard let index = columns.lastIndex(where: { $0.start <= time }) else { return 0 }
    let inside = Double(time.nanoseconds) - Double(columns[index].start.nanoseconds)
    return Double(index) + min(1, inside / max(1, columnWidth))
  }
}

extension SlicedSeries {
  /// Sums and means are drawn as bars, those that overlap included, as the founding article does;
  /// ratios and percentiles of different functions have no common height, so they are lines.
  var drawsStack: Bool {
    let overlaps = !metric.figure.addsUp && !metric.isPerCall
    return isStackable || (overlaps && (statistic == .sum || statistic == .mean))
  }

  /// Whether `other` stands for anything.
  var hasOther: Bool {
    otherCount > 0 || slices.contains { ($0.other?.sum ?? 0) != 0 }
  }

  /// What `other` is called in a legend.
  var otherName: String {
    guard otherCount > 0 else { return "other" }
    return "other (\(otherCount.grouped) more)"
  }

  /// The end of the last slice.
  fileprivate var end: Timestamp {
    let last = slices.last?.start.nanoseconds ?? 0
    let (end, overflow) = last.addingReportingOverflow(every.nanoseconds ?? .max)
    return Timestamp(nanoseconds: overflow ? .max : end)
  }
}

extension Int {
  /// The number with a comma before each three digits.
  var grouped: String {
    Double(self).text(decimals: 0, grouped: true)
  }
}
