// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The first pass: what each group takes in all, and so which groups become series.
struct SliceRanking {
  /// The groups that become series, the largest first.
  private(set) var groups: [Int32] = []
  /// The series of each group; that of all others is ``otherSeries``.
  private(set) var seriesOfGroup: [Int32] = []
  /// How many groups `other` sums.
  private(set) var otherCount = 0

  /// The number that stands for all groups without a series of their own.
  var otherSeries: Int { groups.count }

  /// Sums each group over the whole range.
  init(_ query: SliceQuery, in snapshot: any ProfileSnapshot, _ grouper: inout SeriesGrouper) throws
  {
    var totals: [Int128] = []
    try snapshot.scan(query.selection, columns: query.metric.column) { vectors in
      try Self.add(vectors, query, &grouper, to: &totals)
    }
    let keys = grouper.keys
    let ranked = totals.indices.sorted {
      totals[$0] == totals[$1] ? keys[$0] < keys[$1] : totals[$0] > totals[$1]
    }
    groups = ranked.prefix(query.top ?? ranked.count).map(Int32.init)
    otherCount = ranked.count - groups.count
    seriesOfGroup = Array(repeating: Int32(groups.count), count: ranked.count)
    for (series, group) in groups.enumerated() { seriesOfGroup[Int(group)] = Int32(series) }
  }

  private static func add(
    _ vectors: ProfileVectors,
    _ query: SliceQuery,
    _ grouper: inout SeriesGrouper,
    to totals: inout [Int128]
  ) throws {
    let factor = query.factor(of: vectors.header)
    let values = vectors.figures.values(of: query.metric.column)
    let capture = grouper.groupsFunctions ? 0 : grouper.group(of: vectors.header.labels)
    if !grouper.groupsFunctions { totals.grow(toHold: Int(capture)) }
    if query.metric == .captures { totals[Int(capture)] += factor }
    for (index, value) in values.enumerated() {
      let group = try grouper.group(of: vectors.figures.functions[index])
      guard group >= 0 else { continue }
      let cell = Int(grouper.groupsFunctions ? group : capture)
      totals.grow(toHold: cell)
      totals[cell] += Int128(value) &* factor
    }
  }
}

extension [Int128] {
  /// Appends zeros until an index exists.
  fileprivate mutating func grow(toHold index: Int) {
    if index >= count { append(contentsOf: repeatElement(0, count: index + 1 - count)) }
  }
}
