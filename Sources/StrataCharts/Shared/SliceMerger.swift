// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Makes one column of a few neighbouring slices, where there are more slices than room.
struct SliceMerger {
  /// How the values of the slices of a column become one.
  enum Rule {
    /// The sum.
    case sum
    /// The mean per capture of all the captures.
    case meanPerCapture
    /// The sum of all divided by all the calls.
    case ratio
    /// The largest, since percentiles of parts do not give the percentile of the whole.
    case maximum
  }

  let rule: Rule
  /// How many slices become one column.
  let size: Int
  private let slices: [SlicedSeries.Slice]

  init(_ series: SlicedSeries, mostColumns: Int) {
    rule = series.mergingRule
    slices = series.slices
    let most = max(1, mostColumns)
    size = max(1, (slices.count + most - 1) / most)
  }

  /// The columns, without values.
  var columns: [ChartModel.Column] {
    groups.map { group in
      let slices = slices[group]
      return ChartModel.Column(
        start: slices.first?.start ?? Timestamp(nanoseconds: 0),
        captures: slices.reduce(0) { $0 &+ $1.captures },
        // A last column of fewer slices would look like a fall.
        isPartial: group.count < size || slices.contains(where: \.isPartial)
      )
    }
  }

  /// A value for each column; a series with fewer values than slices is undefined at its end.
  func merged(_ values: [MetricValue?]) -> [Double?] {
    groups.map { merged(values, of: $0) }
  }

  /// One value of the whole range; nil where the values of slices do not determine it.
  func overall(_ values: [MetricValue?]) -> Double? {
    rule == .maximum ? nil : merged(values, of: slices.indices)
  }

  private var groups: [Range<Int>] {
    stride(from: 0, to: slices.count, by: size).map { $0..<min($0 + size, slices.count) }
  }

  private func merged(_ values: [MetricValue?], of group: Range<Int>) -> Double? {
    let defined = group.filter { $0 < values.count }.compactMap { index in
      values[index].flatMap { value in value.finite.map { (value, $0, slices[index].captures) } }
    }
    guard defined.count > 1 else { return defined.first?.1 }
    switch rule {
    case .sum: return defined.reduce(0) { $0 + $1.1 }
    case .maximum: return defined.map(\.1).max()
    case .ratio:
      return quotient(defined.map { (Double($0.0.sum), Double($0.0.divisor)) })
    case .meanPerCapture:
      return quotient(defined.map { (Double($0.0.sum), Double($0.0.divisor)) })
    }
  }

  private func quotient(_ parts: [(sum: Double, divisor: Double)]) -> Double? {
    let divisor = parts.reduce(0) { $0 + $1.divisor }
    return divisor == 0 ? nil : parts.reduce(0) { $0 + $1.sum } / divisor
  }
}

extension SlicedSeries {
  fileprivate var mergingRule: SliceMerger.Rule {
    switch statistic {
    case .sum: metric.isPerCall ? .ratio : .sum
    case .mean: metric.isPerCall ? .ratio : .meanPerCapture
    case .p50, .p95, .max: .maximum
    }
  }
}
