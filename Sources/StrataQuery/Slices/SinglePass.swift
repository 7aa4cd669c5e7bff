// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The ranking and the values in one pass, where two would read the same sums twice.
///
/// The first sums are kept until they show which groups may become series. More of those than are
/// asked for get cells, while all functions are added up as well. If the largest groups turn out to
/// be among them, their cells are what a second pass would have found; else that is needed.
struct SinglePass {
  /// How many rows of sums are kept for the guess, of 12 bytes each.
  static let sampleRows = 1 << 16
  /// How many cells the candidates may have, of 16 bytes each.
  private static let maximumCells = 1 << 17
  /// How many candidates are enough, where few series are asked for: each of them costs a name.
  private static let usualChoice = 128
  /// How many candidates there must be for each series that is asked for.
  private static let leastChoice = 3
  /// A first pass from sums that are fewer than a fourth of the captures costs too little.
  private static let capturesInCheapSum = 4

  private let query: SliceQuery
  private let grid: SliceGrid
  private let candidateCount: Int
  private let sampleRows: Int
  private var totals: GroupTotals
  private var captures: [Int]
  private var sample: [(sum: CaptureSums, factor: Int128)] = []
  private var sampledRows = 0
  /// The cells of the candidates; nil as long as there are none.
  private var cells: SliceSums?

  /// Creates the pass; nil for a question that it is not for, or that two passes answer as fast.
  init?(
    _ query: SliceQuery,
    _ grid: SliceGrid,
    _ survey: CaptureSurvey,
    sampleRows: Int = Self.sampleRows
  ) {
    guard query.groupsFunctions, !query.comparesCaptures, let top = query.top, grid.count > 0
    else { return nil }
    let choice = max(Self.usualChoice, 2 * Self.leastChoice * min(top, Self.maximumCells))
    // One cell in each slice is for `other`.
    candidateCount = min(choice, Self.maximumCells / grid.count - 1)
    let readsAll = query.isWeighted || query.resolution == .captures
    let sums = readsAll ? survey.captures : survey.sums
    guard top <= candidateCount / Self.leastChoice,
      sums > survey.captures / Self.capturesInCheapSum
    else { return nil }
    (self.query, self.grid, self.sampleRows) = (query, grid, sampleRows)
    totals = GroupTotals(query.metric.figure.column)
    captures = Array(repeating: 0, count: grid.count)
  }

  /// Reads all sums once; nil if the candidates were not the right ones.
  consuming func run(
    over source: SliceSource,
    _ grouper: inout SeriesGrouper
  ) async throws -> (ranking: SliceRanking, sums: SliceSums, captures: [Int])? {
    try await source.forEachSum(query.fillingRequest(grid)) { sum, factor in
      try add(sum, times: factor, &grouper)
    }
    let ranking = try SliceRanking(totals.byGroup(&grouper), top: query.top, &grouper)
    if cells == nil { try fillFromSample(ranking, &grouper) }
    return cells?.narrowed(to: ranking).map { (ranking, $0, captures) }
  }

  private mutating func add(
    _ sum: CaptureSums,
    times factor: Int128,
    _ grouper: inout SeriesGrouper
  ) throws {
    captures[try grid.index(of: sum.first)] += sum.captures
    try totals.add(sum, times: factor)
    guard cells == nil else {
      try cells?.add(sum, times: factor, &grouper)
      return
    }
    sample.append((sum, factor))
    sampledRows += sum.figures.functions.count
    guard sampledRows >= sampleRows else { return }
    let candidates = try SliceRanking(totals.byGroup(&grouper), top: candidateCount, &grouper)
    try fillFromSample(candidates, &grouper)
  }

  /// Makes the cells of a ranking, and adds what was kept.
  private mutating func fillFromSample(
    _ ranking: SliceRanking,
    _ grouper: inout SeriesGrouper
  ) throws {
    var cells = SliceSums(query, grid, ranking)
    for (sum, factor) in sample { try cells.add(sum, times: factor, &grouper) }
    sample = []
    self.cells = cells
  }
}
