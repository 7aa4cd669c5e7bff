// SPDX-License-Identifier: Apache-2.0

/// One variation of a base profile: times and some counts as another request might have them.
struct ProfileVariation {
  typealias Figures = BaseProfile.Figures

  /// The figures of each row of the base.
  private(set) var rows: [Figures] = []
  /// The figures of each edge of the base.
  private(set) var edges: [Figures] = []
  /// Which rows are in the profile.
  private(set) var isKept: [Bool] = []

  private let capture = Lognormal(deviation: 0.4)
  private let single = Lognormal(deviation: 0.25)
  private let count = Lognormal(deviation: 0.15)

  /// Draws the next variation; `loss` is the probability that a row is not in the profile.
  mutating func draw(
    _ base: BaseProfile,
    _ structure: BaseStructure,
    loss: Double,
    from source: inout RandomSource
  ) {
    rows = base.rows.map { _ in Figures() }
    edges = base.edges.map { _ in Figures() }
    let factor = capture.draw(from: &source)
    for row in structure.order {
      drawCounts(of: base.rows[row], row, structure.rules[row], base, &source)
      drawTimes(of: base.rows[row], row, structure, base, factor, &source)
    }
    isKept = base.rows.map { _ in loss == 0 || !source.happens(loss) }
  }

  // MARK: - Counts

  /// Most counts are those of the program; every third function is called as often as the data says.
  private mutating func drawCounts(
    of row: BaseProfile.Row,
    _ index: Int,
    _ rules: BaseStructure.Rules,
    _ base: BaseProfile,
    _ source: inout RandomSource
  ) {
    let depends = row.function % 3 == 0 && row.figures.calls >= 8
    let factor = depends ? count.draw(from: &source) : 1
    var sum = scaled(rules.rest, factor)
    for edge in row.edges {
      let figures = scaled(base.edges[edge].figures, factor)
      edges[edge].calls = figures.calls
      edges[edge].primitives = figures.primitives
      sum.calls += figures.calls
      sum.primitives += figures.primitives
    }
    rows[index].calls = max(sum.calls, 1)
    // In recursions the primitive calls of the edges are others than those of the function.
    let isSum = row.figures.calls == row.figures.primitives
    rows[index].primitives =
      isSum
      ? max(sum.primitives, 1) : min(rows[index].calls, scaled(row.figures, factor).primitives)
  }

  private func scaled(_ figures: Figures, _ factor: Double) -> Figures {
    guard factor != 1 else { return figures }
    var result = figures
    result.calls = scaled(figures.calls, factor)
    result.primitives =
      figures.calls == figures.primitives
      ? result.calls : min(result.calls, scaled(figures.primitives, factor))
    return result
  }

  private func scaled(_ value: Int64, _ factor: Double) -> Int64 {
    value > 0 ? max(1, Int64((Double(value) * factor).rounded())) : value
  }

  // MARK: - Times

  private mutating func drawTimes(
    of row: BaseProfile.Row,
    _ index: Int,
    _ structure: BaseStructure,
    _ base: BaseProfile,
    _ factor: Double,
    _ source: inout RandomSource
  ) {
    let rules = structure.rules[index]
    var selfTime = varied(rules.rest.selfTime, factor, &source)
    for edge in row.edges {
      edges[edge].selfTime = varied(base.edges[edge].figures.selfTime, factor, &source)
      selfTime += edges[edge].selfTime
    }
    let below =
      rules.addsUp
      ? structure.calls[index].reduce(0) { $0 + edges[$1].cumulative }
      : varied(row.figures.below, factor, &source)
    rows[index].selfTime = max(0, selfTime)
    rows[index].cumulative = rows[index].selfTime + below
    if rules.isDivided {
      divide(below, of: row, base, rules)
    } else {
      for edge in row.edges {
        let own = varied(base.edges[edge].figures.below, factor, &source)
        edges[edge].cumulative = edges[edge].selfTime + own
      }
    }
  }

  private func varied(_ time: Int64, _ factor: Double, _ source: inout RandomSource) -> Int64 {
    guard time > 0 else { return 0 }
    return Int64((Double(time) * factor * single.draw(from: &source)).rounded())
  }

  /// Gives each edge its share of the time below a row; the last takes what rounding leaves.
  private mutating func divide(
    _ below: Int64,
    of row: BaseProfile.Row,
    _ base: BaseProfile,
    _ rules: BaseStructure.Rules
  ) {
    let scale = row.figures.below > 0 ? Double(below) / Double(row.figures.below) : 0
    var left = below - Int64((Double(rules.rest.below) * scale).rounded())
    for edge in row.edges {
      let share = Int64((Double(base.edges[edge].figures.below) * scale).rounded())
      let part = edge == row.edges.upperBound - 1 ? left : min(share, left)
      edges[edge].cumulative = edges[edge].selfTime + max(0, part)
      left -= part
    }
  }
}
