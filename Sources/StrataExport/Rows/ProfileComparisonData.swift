// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A row for each function; times are nanoseconds.
///
/// Functions that a limit took out have no rows, and neither has the total, so that sums over rows
/// are the reader's; the document has both. Figures are whole numbers, or where they are per
/// capture or per call the floating-point numbers nearest to exact ratios.
extension ProfileComparison: DataResult {
  /// The name of the document's form.
  public var schema: String { "strata/diff/1" }

  /// The rows.
  public var rows: any ResultRows { ChangeRows(comparison: self) }

  /// The fields of the document in their order.
  public var document: [DocumentField] {
    [
      .word("unit", "ns"), .word("groupBy", grouping.rawValue),
      .word("statistic", (isPerCapture ? Statistic.mean : .sum).rawValue),
      .word("kind", kind?.rawValue), .word("clock", clock?.rawValue),
      .object("before", before.fields), .object("after", after.fields),
      .object("total", total.fields), .rows("functions", rows),
      .object("other", [.count("functions", otherCount)] + other.fields),
    ]
  }
}

private struct ChangeRows: ResultRows {
  let comparison: ProfileComparison

  var columns: [Column] {
    let identity = Column.function().filter {
      $0.name != "line" || comparison.grouping == .function
    }
    return identity + [Column("presence", nil, .word)]
      + ProfileDifference.figures.flatMap { figure in
        ["before", "after", "change"].map { side in
          Column(
            figure.name + side.capitalizedFirst,
            [figure.name, side],
            .number,
            unit: figure.unit
          )
        }
      }
      + ["moreCalls", "slowerCalls"].map { Column($0, nil, .number, unit: "ns") }
  }

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    for change in comparison.functions {
      var cells = change.function.cells
      if comparison.grouping == .name { cells.remove(at: 1) }
      cells.append(.word(change.presence.rawValue))
      for figure in ProfileDifference.figures {
        cells += figure.of(change.difference).cells.map(\.cell)
      }
      cells += [Cell(change.difference.moreCalls), Cell(change.difference.slowerCalls)]
      try body(cells)
    }
  }
}

extension ProfileComparison.Side {
  fileprivate var fields: [DocumentField] {
    [
      .count("captures", captures), .value("first", Cell(first)), .value("last", Cell(last)),
    ]
  }
}

extension ProfileDifference {
  /// A figure that a difference has on both sides.
  fileprivate struct NamedFigure: Sendable {
    let name: String
    let unit: String
    /// Whether those of several functions are a figure, too.
    let isOfSums: Bool
    let of: @Sendable (ProfileDifference) -> Figure
  }

  fileprivate static let figures = [
    NamedFigure(name: "callCount", unit: "calls", isOfSums: true) { $0.callCount },
    NamedFigure(name: "primitiveCallCount", unit: "calls", isOfSums: true) {
      $0.primitiveCallCount
    },
    NamedFigure(name: "selfTime", unit: "ns", isOfSums: true) { $0.selfTime },
    NamedFigure(name: "cumulativeTime", unit: "ns", isOfSums: false) { $0.cumulativeTime },
    NamedFigure(name: "selfTimePerCall", unit: "ns/call", isOfSums: true) { $0.selfTimePerCall },
    NamedFigure(name: "cumulativeTimePerCall", unit: "ns/call", isOfSums: false) {
      $0.cumulativeTimePerCall
    },
  ]

  /// What adds up over functions, and self time per call.
  fileprivate var fields: [DocumentField] {
    Self.figures.filter(\.isOfSums).map { figure in
      .object(figure.name, figure.of(self).cells.map { .value($0.name, $0.cell) })
    } + [.value("moreCalls", Cell(moreCalls)), .value("slowerCalls", Cell(slowerCalls))]
  }
}

extension ProfileDifference.Figure {
  fileprivate var cells: [(name: String, cell: Cell)] {
    [
      ("before", Cell(before)), ("after", Cell(after)),
      ("change", Cell(change)),
    ]
  }
}
