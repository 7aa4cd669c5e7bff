// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What a store reads to answer a ``SliceQuery``.
public struct SliceExplanation: Hashable, Sendable {
  /// What was asked.
  public let query: SliceQuery
  /// The captures that it is about.
  public let survey: CaptureSurvey
  /// How many slices they are in.
  public let sliceCount: Int
  /// The first pass, which ranks the groups: sums of any captures do.
  ///
  /// Nil where the second pass ranks them too.
  public let ranking: SumPlan?
  /// The second pass, which fills the slices: no sum may cross one.
  public let filling: SumPlan
}

extension ProfileStore {
  /// Says what `slices` would read, without reading it.
  ///
  /// - Throws: ``QueryError`` where the question has no honest answer, or the store's own error.
  public func explain(_ query: SliceQuery) async throws -> SliceExplanation {
    try query.validate()
    return try await read { view in
      let survey = try await view.survey(query.selection, longestExpected: query.every)
      try survey.checkSummable()
      if query.statistic != .sum { try survey.checkCoversCalls() }
      let grid = try SliceGrid(query, over: survey)
      func plan(_ request: SumRequest, _ reason: String?) async throws -> SumPlan {
        if let reason { return SumPlan(eachOf: survey, note: reason) }
        return try await view.plan(request)
      }
      let weights = query.isWeighted ? "each counts by its own weight" : nil
      let comparison = query.comparesCaptures ? "\(query.statistic) compares them" : nil
      return SliceExplanation(
        query: query,
        survey: survey,
        sliceCount: grid.count,
        ranking: SinglePass(query, grid, survey) == nil
          ? try await plan(query.rankingRequest, weights) : nil,
        filling: try await plan(query.fillingRequest(grid), weights ?? comparison)
      )
    }
  }
}

extension SliceExplanation: CustomStringConvertible {
  /// The explanation as a block of lines.
  public var description: String {
    let lines = ["query     \(question)", "captures  \(captures)"] + passes
    return lines.map { $0 + "\n" }.joined()
  }

  private var passes: [String] {
    guard let ranking else {
      return ["", "one pass: which series, and their values, from sums within a slice"]
        + filling.lines
    }
    return ["", "pass 1: which series, from sums over the whole range"] + ranking.lines
      + ["", "pass 2: their values, from sums within a slice"] + filling.lines
  }

  private var question: String {
    let top = query.top.map { ", top \($0)" } ?? ""
    let weighted = query.isWeighted ? ", weighted" : ""
    let slices = "\(query.statistic) in slices of \(query.every.words)"
    let rollups = query.resolution == .captures ? ", from single captures only" : ""
    return "\(query.metric.name), \(slices), by \(query.grouping)\(top)\(weighted)\(rollups)"
  }

  private var captures: String {
    guard let first = survey.first, let last = survey.last else { return "none" }
    let properties = [survey.kind?.rawValue, survey.clock?.rawValue].compactMap(\.self)
    return "\(survey.captures) (\(properties.joined(separator: ", "))), started "
      + "\(first.iso8601) to \(last.iso8601), in \(sliceCount) slice\(sliceCount == 1 ? "" : "s")"
  }
}

extension SumPlan {
  /// A line for each step, earliest first.
  fileprivate var lines: [String] {
    guard !steps.isEmpty else { return ["  nothing to read"] }
    let rows = steps.sorted { ($0.since, $0.level) < ($1.since, $1.level) }.map { step in
      [
        step.level.rawValue, step.since.iso8601, step.until.iso8601, String(step.sums),
        String(step.captures), step.note ?? "",
      ]
    }
    let table = [["level", "from", "until", "sums", "captures", ""]] + rows
    let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    return table.map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return (3...4).contains(column) ? space + row[column] : row[column] + space
      }
      let line = "  " + cells.joined(separator: "  ")
      return String(line[...(line.lastIndex { $0 != " " } ?? line.startIndex)])
    }
  }
}
