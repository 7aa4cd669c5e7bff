// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

/// A store that was damaged contradicts itself: that is an error, never a trap and never an answer.
struct InconsistentStoreTests {
  /// What a snapshot says wrongly when its figures are asked for; its survey is the true one.
  enum Lie: CaseIterable {
    case missingCapture, repeatedCapture, startBefore, startAfter, missingFigures, missingFunctions
    case negativeFunction
  }

  private struct LyingSnapshot: WrappingView {
    let base: any StoreView
    let lie: Lie

    func survey(
      _ selection: ProfileSelection,
      longestExpected: Duration?
    ) async throws -> CaptureSurvey {
      try await base.survey(selection, longestExpected: longestExpected)
    }

    func scan(
      _ selection: ProfileSelection,
      columns: ProfileColumns,
      body: (ProfileVectors) throws -> Void
    ) async throws {
      var number = 0
      try await base.scan(selection, columns: columns) { capture in
        defer { number += 1 }
        guard number == 2 else { return try body(capture) }
        var capture = capture
        switch lie {
        case .missingCapture: return
        case .repeatedCapture: try body(capture)
        case .startBefore: capture.header.start = Timestamp(nanoseconds: .min)
        case .startAfter: capture.header.start = Timestamp(nanoseconds: .max)
        case .missingFigures:
          if !capture.figures.selfNanoseconds.isEmpty {
            capture.figures.selfNanoseconds.removeLast()
          }
        case .missingFunctions:
          if !capture.figures.functions.isEmpty { capture.figures.functions.removeLast() }
        case .negativeFunction:
          if !capture.figures.functions.isEmpty { capture.figures.functions[0] = FunctionID(-5) }
        }
        try body(capture)
      }
    }
  }

  private static func store(_ lie: Lie) throws -> WrappingStore {
    let records = (0..<5).map { number in
      Capture.capture(
        at: Int64(number) * 1_000,
        labels: ["k": "\(number % 2)"],
        (0..<4).map { Cost(.at("a.py", $0, "f"), calls: 2, selfTime: 10 * (number + 1)) }
      )
    }
    return WrappingStore(try MemoryStore(records)) { LyingSnapshot(base: $0, lie: lie) }
  }

  private static func isInconsistent(_ question: () async throws -> Void) async -> Bool {
    switch await caught(as: QueryError.self, question) {
    case .inconsistentStore(let reason)?: !reason.isEmpty
    default: false
    }
  }

  @Test(arguments: Lie.allCases)
  func `slices of it are refused`(_ lie: Lie) async throws {
    let store = try Self.store(lie)
    for statistic in [Statistic.sum, .mean, .p50, .max] {
      for grouping in [Grouping.function, .file, .label("k"), .all] {
        for top in [nil, 1] {
          for isWeighted in [false, true] where statistic == .sum || !isWeighted {
            let query = SliceQuery(
              statistic: statistic,
              every: .nanoseconds(1_000),
              grouping: grouping,
              top: top,
              isWeighted: isWeighted
            )
            #expect(await Self.isInconsistent { _ = try await store.slices(query) }, "\(query)")
          }
        }
      }
    }
  }

  @Test(arguments: Lie.allCases.filter { ![.startBefore, .startAfter].contains($0) })
  func `comparisons of it are refused`(_ lie: Lie) async throws {
    let store = try Self.store(lie)
    #expect(await Self.isInconsistent { _ = try await store.inputs(InputQuery()) })
    let query = ComparisonQuery(
      before: .all,
      after: ProfileSelection(since: Timestamp(nanoseconds: 3))
    )
    #expect(await Self.isInconsistent { _ = try await store.comparison(query) })
  }

  @Test func `captures out of order have no percentiles`() async throws {
    struct Shuffled: WrappingView {
      let base: any StoreView

      func scan(
        _ selection: ProfileSelection,
        columns: ProfileColumns,
        body: (ProfileVectors) throws -> Void
      ) async throws {
        var captures: [ProfileVectors] = []
        try await base.scan(selection, columns: columns) { captures.append($0) }
        try captures.reversed().forEach(body)
      }
    }
    let records = (0..<5).map { number in
      Capture.capture(at: Int64(number) * 1_000, [Cost(.at("a.py", 1, "f"), selfTime: 10)])
    }
    let store = WrappingStore(try MemoryStore(records)) { Shuffled(base: $0) }
    let query = SliceQuery(statistic: .p50, every: .nanoseconds(1_000))
    #expect(await Self.isInconsistent { _ = try await store.slices(query) })
  }

  @Test func `a list of functions that changes under its number is refused`() async throws {
    struct Changing: WrappingView {
      let base: any StoreView
      let change: @Sendable (inout FigureVectors) -> Void

      func forEachSum(_ request: SumRequest, body: (CaptureSums) throws -> Void) async throws {
        var number = 0
        try await scan(request.selection, columns: request.columns) { capture in
          var sum = CaptureSums(capture, request)
          sum.shape = 7
          if number == 1 { change(&sum.figures) }
          number += 1
          try body(sum)
        }
      }
    }
    let records = (0..<3).map { number in
      Capture.capture(
        at: Int64(number),
        (0..<4).map { Cost(.at("a.py", $0, "f"), selfTime: 10) }
      )
    }
    let changes: [@Sendable (inout FigureVectors) -> Void] = [
      { figures in
        figures.functions.removeLast()
        figures.selfNanoseconds.removeLast()
      },
      { $0.functions[3] = FunctionID(4_000) },
    ]
    for (number, change) in changes.enumerated() {
      let store = WrappingStore(try MemoryStore(records)) { Changing(base: $0, change: change) }
      for top in [nil, 2] where number == 1 || top == nil {
        let query = SliceQuery(every: .seconds(1), top: top)
        #expect(await Self.isInconsistent { _ = try await store.slices(query) }, "\(number)")
      }
    }
  }

  @Test func `numbers of captures that no store holds are refused`() async {
    var survey = CaptureSurvey()
    let time = Timestamp(nanoseconds: 0)
    for _ in 0..<3 {
      survey.add(
        captures: .max,
        first: time,
        last: time,
        kind: .traced,
        clock: .wall,
        longCaptures: .max,
        slices: 0,
        unknownCoverage: 0
      )
    }
    #expect(survey.captures == .max && survey.longCaptures == .max)
    #expect(await Self.isInconsistent { try survey.checkSummable() })
  }

  @Test func `totals whose rows and edges do not belong together are no profile`() async {
    let row = ProfileTotals.Row(function: FunctionID(1), figures: .zero)
    let wrong: [(ProfileTotals.Row, ProfileTotals.Edge)] = [
      (row, .init(caller: FunctionID(1), callee: FunctionID(2), figures: .zero)),
      (row, .init(caller: FunctionID(2), callee: FunctionID(2), figures: .zero)),
      (row, .init(caller: FunctionID(-2), callee: FunctionID(1), figures: .zero)),
      (row, .init(caller: FunctionID(1), callee: FunctionID(-1), figures: .zero)),
      (
        .init(function: FunctionID(-1), figures: .zero),
        .init(caller: FunctionID(1), callee: FunctionID(1), figures: .zero)
      ),
    ]
    for (row, edge) in wrong {
      var totals = ProfileTotals()
      totals.rows = [row]
      totals.edges = [edge]
      #expect(await Self.isInconsistent { _ = try totals.profile { _ in .at("a.py", 1, "f") } })
    }
    var totals = ProfileTotals()
    totals.rows = [row, row]
    #expect(await Self.isInconsistent { _ = try totals.profile { _ in .at("a.py", 1, "f") } })
  }
}
