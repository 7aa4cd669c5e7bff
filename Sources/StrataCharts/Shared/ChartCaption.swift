// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The words around a chart: what is shown, of what, and what to be careful about.
struct ChartCaption {
  /// What is measured: `Self time in slices of 10 s, by function`.
  let headline: String
  /// Of what: `endpoint=search · 640 captures · traced, wall clock`.
  let details: String
  /// What a column shows where it is of more than one slice; nil otherwise.
  let merging: String?
  /// Sentences that keep a reader from false conclusions.
  let notes: [String]
  /// The head of the column of totals.
  let totalName: String

  init(_ series: SlicedSeries, _ model: ChartModel, title: String?, subtitle: String?) {
    headline = (title ?? Self.headline(of: series)).printable
    details = Self.details(of: series, subtitle: subtitle).printable
    merging = Self.merging(of: series, by: model.slicesPerColumn)
    notes = (series.warnings.map(\.message) + Self.notes(on: series, model)).map(\.printable)
    totalName = series.totalName
  }

  private static func headline(of series: SlicedSeries) -> String {
    let group = series.grouping.labelKey ?? "\(series.grouping)"
    let grouping = series.grouping == .all ? "" : ", by \(group)"
    return
      "\(series.metric.title) in slices of \(series.every.words)\(series.statistic.words)\(grouping)"
  }

  private static func details(of series: SlicedSeries, subtitle: String?) -> String {
    let captures = series.slices.reduce(0) { $0 &+ $1.captures }
    var parts: [String] = []
    if let subtitle, !subtitle.isEmpty { parts.append(subtitle) }
    parts.append(captures == 1 ? "1 capture" : "\(captures.grouped) captures")
    if let kind = series.kind { parts.append(kind.rawValue) }
    if let clock = series.clock { parts.append("\(clock.rawValue) clock") }
    if series.isWeighted { parts.append("estimated by weight") }
    return parts.joined(separator: " · ")
  }

  private static func merging(of series: SlicedSeries, by count: Int) -> String? {
    guard count > 1 else { return nil }
    let how =
      switch SliceMerger(series, mostColumns: 1).rule {
      case .sum: "summed"
      case .meanPerCapture: "mean of their captures"
      case .ratio: "all their calls together"
      case .maximum: "the largest of them"
      }
    return "each column is \(count.grouped) slices of \(series.every.words), \(how)"
  }

  private static func notes(on series: SlicedSeries, _ model: ChartModel) -> [String] {
    model.hasNegativeValues
      ? ["Some values are negative, as when a clock is set back; they are drawn as zero."] : []
  }
}

extension Statistic {
  /// What follows the metric in a headline; a sum needs no words.
  fileprivate var words: String {
    switch self {
    case .sum: ""
    case .mean: ", mean capture"
    case .p50: ", median capture"
    case .p95: ", 95th percentile of captures"
    case .max: ", largest capture"
    }
  }
}

extension SlicedSeries {
  /// What the number of a series over the whole range is.
  var totalName: String {
    if let divisor = metric.unit.divisor { return "per \(divisor)" }
    return statistic == .sum ? "total" : statistic.rawValue
  }
}
