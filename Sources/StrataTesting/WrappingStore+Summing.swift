// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery

extension WrappingStore {
  /// A store that answers from sums of captures that it puts together at random: what a question
  /// must bear from a store with roll-ups, without one.
  ///
  /// Each request is answered by other sums, in another order; some have a shape, some do not. The
  /// seed decides which captures are together.
  public static func summing(seed: UInt64) -> WrappingStore {
    WrappingStore { SummingView(base: $0, seed: seed) }
  }
}

/// The captures of a store in memory, summed at random.
private struct SummingView: WrappingView {
  let base: any StoreView
  let seed: UInt64

  func functionAliases() async throws -> [FunctionID: FunctionID]? {
    var ids: Set<FunctionID> = []
    try await scan(.all, columns: .callCounts) { ids.formUnion($0.figures.functions) }
    let names = try await names(of: .all)
    var representatives: [Function: FunctionID] = [:]
    var aliases: [FunctionID: FunctionID] = [:]
    for id in ids.sorted(by: { $0.index > $1.index }) {
      let identity = try names.function(id).canonical
      let known = representatives[identity]
      if let known { aliases[id] = known } else { representatives[identity] = id }
    }
    return aliases
  }

  func forEachSum(_ request: SumRequest, body: (CaptureSums) throws -> Void) async throws {
    var random = SeededGenerator(seed: seed)
    var sums: [SumKey: RandomSum] = [:]
    try await scan(request.selection, columns: request.columns) { capture in
      let label = request.labelKey.flatMap { capture.header.labels[$0] }
      let slice = request.slicing?.slice(of: capture.header.start) ?? 0
      let part = Int.random(in: 0..<3, using: &random)
      sums[SumKey(slice: slice, label: label, part: part), default: RandomSum()]
        .add(capture, request.figure)
    }
    var shapes: [[FunctionID]: Int32] = [:]
    for (key, sum) in sums.shuffled(using: &random) {
      var result = CaptureSums(captures: sum.captures, first: sum.first, labelValue: key.label)
      result.figures = sum.figures(request.columns)
      if request.figure != nil { result.figure = sum.figure }
      if Bool.random(using: &random) {
        let next = Int32(shapes.count)
        result.shape = shapes[result.figures.functions, default: next]
        shapes[result.figures.functions] = result.shape
      }
      try body(result)
    }
  }
}

private struct SumKey: Hashable {
  var slice: Int128
  var label: String?
  var part: Int
}

private struct RandomSum {
  private(set) var captures = 0
  private(set) var first = Timestamp(nanoseconds: .max)
  private(set) var figure = FigureSum()
  private var rows: [FunctionID: [Int64]] = [:]

  mutating func add(_ capture: ProfileVectors, _ figure: Figure?) {
    captures += 1
    if let figure { self.figure.add(FigureSum(figure, of: capture.header)) }
    first = min(first, capture.header.start)
    let figures = capture.figures
    let columns = [
      figures.callCounts, figures.primitiveCallCounts, figures.selfNanoseconds,
      figures.cumulativeNanoseconds,
    ]
    for (row, function) in figures.functions.enumerated() {
      let values = columns.map { $0.isEmpty ? 0 : $0[row] }
      rows[function] = zip(rows[function] ?? [0, 0, 0, 0], values).map { $0 + $1 }
    }
  }

  func figures(_ columns: ProfileColumns) -> FigureVectors {
    var figures = FigureVectors()
    figures.functions = rows.keys.sorted { $0.index < $1.index }
    func column(_ index: Int, _ column: ProfileColumns) -> [Int64] {
      columns.contains(column) ? figures.functions.map { rows[$0]?[index] ?? 0 } : []
    }
    figures.callCounts = column(0, .callCounts)
    figures.primitiveCallCounts = column(1, .primitiveCallCounts)
    figures.selfNanoseconds = column(2, .selfTimes)
    figures.cumulativeNanoseconds = column(3, .cumulativeTimes)
    return figures
  }
}
