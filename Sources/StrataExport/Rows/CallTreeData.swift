// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A call tree as data: a row for each node, the root first, parents before their children.
///
/// Times are whole nanoseconds. A node's `cumulativeTime` is its `selfTime`, its children's
/// cumulative times and its `hiddenTime` added up, exactly.
public struct CallTreeData: DataResult {
  /// The tree.
  public var tree: CallTree
  /// How many captures were added up.
  public var captures: Int
  /// How the figures came about, where that is known and the same for all.
  public var kind: ProfileKind?
  /// What the times measure, where that is known and the same for all.
  public var clock: ProfileClock?
  /// Caveats to display with the tree.
  public var warnings: [Warning]

  /// Creates the data of a tree.
  public init(
    _ tree: CallTree,
    captures: Int,
    kind: ProfileKind? = nil,
    clock: ProfileClock? = nil,
    warnings: [Warning] = []
  ) {
    self.tree = tree
    self.captures = captures
    self.kind = kind
    self.clock = clock
    self.warnings = warnings
  }

  /// The name of the document's form.
  public var schema: String { "strata/flame/1" }

  /// The rows.
  public var rows: any ResultRows { NodeRows(tree: tree) }

  /// The fields of the document in their order.
  public var document: [DocumentField] {
    [
      .word("unit", "ns"), .word("kind", kind?.rawValue), .word("clock", clock?.rawValue),
      .count("captures", captures), .word("basis", tree.basis.word),
      .count("totalTime", tree.totalTime.count), .count("negativeTime", tree.negativeTime.count),
      .value("cutShort", .flag(tree.isCutShort)), .rows("nodes", rows),
    ]
  }
}

private struct NodeRows: ResultRows {
  let tree: CallTree

  var columns: [Column] {
    [
      Column("node", nil, .integer), Column("parent", nil, .integer),
      Column("depth", nil, .integer),
    ] + Column.function(in: "function") + [
      Column("cumulativeTime", nil, .integer, unit: "ns"),
      Column("selfTime", nil, .integer, unit: "ns"), Column("share", nil, .number),
      Column("callCount", nil, .number, unit: "calls"),
      Column("hiddenTime", nil, .integer, unit: "ns"), Column("hiddenFunctions", nil, .integer),
      Column("cumulativeTimeExact", nil, .flag), Column("selfTimeExact", nil, .flag),
      Column("recursive", nil, .flag),
    ]
  }

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    let total = Int128(tree.totalTime.count)
    for (index, node) in tree.nodes.enumerated() {
      let place: [Cell] = [
        .count(index), node.parent.map { .count($0) } ?? .null, .count(node.depth),
      ]
      let function = node.function?.cells ?? [.absent, .absent, .absent]
      let share = MetricValue(Int128(node.cumulativeTime.count), dividedBy: total)
      let figures: [Cell] = [
        .count(node.cumulativeTime.count), .count(node.selfTime.count), Cell(share),
        node.callCount.cell, .count(node.hiddenTime.count), .count(node.hiddenFunctions),
      ]
      let isRoot = node.function == nil
      let flags = [
        isRoot || node.isCumulativeTimeExact, isRoot || node.isSelfTimeExact, node.isRecursive,
      ]
      try body(place + function + figures + flags.map { .flag($0) })
    }
  }
}

extension Double {
  /// The number, without a point where it is whole.
  fileprivate var cell: Cell { Int64(exactly: self).map { .count($0) } ?? .double(self) }
}

extension CallTree.Basis {
  fileprivate var word: String {
    switch self {
    case .times: "times"
    case .calls: "calls"
    case .timesAndCalls: "timesAndCalls"
    }
  }
}
