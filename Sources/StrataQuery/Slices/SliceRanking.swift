// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The first pass: what each group takes in all, and so which groups become series.
struct SliceRanking {
  /// The groups that become series, the largest first; of equal ones the first by name.
  let groups: [Int32]
  /// The series of each group.
  private var seriesOfGroup: [Int32]
  /// How many groups `other` sums.
  let otherCount: Int

  /// The number that stands for all groups without a series of their own.
  var otherSeries: Int { groups.count }

  /// The series of a group; ``otherSeries`` for one that was not ranked.
  func series(of group: Int32) -> Int {
    group < seriesOfGroup.count ? Int(seriesOfGroup[Int(group)]) : otherSeries
  }

  /// Sums each group over the whole range.
  init(_ source: SliceSource, _ grouper: inout SeriesGrouper) async throws {
    let totals =
      try await source.query.groupsFunctions
      ? Self.totalsOfFunctions(source, &grouper) : Self.totalsOfCaptures(source, &grouper)
    try self.init(totals, top: source.query.top, &grouper)
  }

  /// Ranks groups by their totals.
  init(_ totals: [Int128], top: Int?, _ grouper: inout SeriesGrouper) throws {
    groups = try Self.largest(top ?? totals.count, totals, &grouper)
    otherCount = totals.count - groups.count
    seriesOfGroup = Array(repeating: Int32(groups.count), count: totals.count)
    for (series, group) in groups.enumerated() { seriesOfGroup[Int(group)] = Int32(series) }
  }

  /// The groups with the largest totals; no other group needs a name.
  private static func largest(
    _ count: Int,
    _ totals: [Int128],
    _ grouper: inout SeriesGrouper
  ) throws -> [Int32] {
    guard let least = totals.least(ofLargest: count) else { return [] }
    var candidates: [(group: Int32, key: SeriesKey)] = []
    for group in totals.indices where totals[group] >= least {
      candidates.append((Int32(group), try grouper.key(of: Int32(group))))
    }
    candidates.sort { left, right in
      let (leftTotal, rightTotal) = (totals[Int(left.group)], totals[Int(right.group)])
      return leftTotal == rightTotal ? left.key < right.key : leftTotal > rightTotal
    }
    return candidates.prefix(count).map(\.group)
  }

  /// What each group of functions takes.
  private static func totalsOfFunctions(
    _ source: SliceSource,
    _ grouper: inout SeriesGrouper
  ) async throws -> [Int128] {
    var totals = GroupTotals(source.query.metric.figure.column)
    try await source.forEachSum(source.query.rankingRequest) { try totals.add($0, times: $1) }
    return try totals.byGroup(&grouper)
  }

  /// What each group of whole captures takes.
  private static func totalsOfCaptures(
    _ source: SliceSource,
    _ grouper: inout SeriesGrouper
  ) async throws -> [Int128] {
    let query = source.query
    let metric = MetricSource(query.metric)
    var totals: [Int128] = []
    var finder = SeriesRowFinder(query)
    try await source.forEachSum(query.rankingRequest) { sum, factor in
      let group = Int(grouper.group(ofCapturesWith: sum.labelValue))
      if group == totals.count { totals.append(0) }
      let rows = try finder.rows(of: sum, &grouper)
      totals[group] += metric.total(of: sum, rows) * factor
    }
    return totals
  }
}

extension [Int128] {
  /// The least of the `count` largest numbers, or of all if there are no more; nil without any.
  ///
  /// A few of many, so most are compared with the least of those found so far, and forgotten.
  fileprivate func least(ofLargest count: Int) -> Int128? {
    guard count > 0 else { return nil }
    guard count < self.count else { return self.min() }
    var found: [Int128] = []
    var least: Int128?
    for number in self where least.map({ number > $0 }) ?? true {
      found.append(number)
      guard found.count >= 2 * Swift.max(count, 256) else { continue }
      found.sort(by: >)
      found.removeLast(found.count - count)
      least = found.last
    }
    found.sort(by: >)
    return found[count - 1]
  }
}
