// SPDX-License-Identifier: Apache-2.0

import StrataCore

extension ProfileStore {
  /// Asks a question of a view whose functions have small numbers.
  ///
  /// Questions keep their sums in arrays by the numbers of functions. A store that numbers functions
  /// in its own way, or that has no snapshot, need not know of that.
  ///
  /// - Throws: What `question` throws. ``QueryError/newFunction`` means that a capture arrived during
  ///   the question: it is asked again, and passed on only if that happens three times in a row.
  func ask<Answer>(
    _ question: (any StoreView) async throws -> Answer
  ) async throws -> Answer {
    for _ in 0..<2 {
      do {
        return try await read { try await question(Self.numbered($0)) }
      } catch QueryError.newFunction {}
    }
    return try await read { try await question(Self.numbered($0)) }
  }

  private static func numbered(_ view: any StoreView) -> any StoreView {
    view.functionLimit == nil ? NumberedView(view) : view
  }
}

/// A view whose functions have numbers from 0 up, in the order in which they are first met.
private struct NumberedView: StoreView {
  private let base: any StoreView
  private let numbering = FunctionNumbering()

  init(_ base: any StoreView) {
    self.base = base
  }

  var isSnapshot: Bool { base.isSnapshot }
  // Numbers are given while the question reads: only that there are small ones is known.
  var functionLimit: Int? { .max }

  func scan(
    _ selection: ProfileSelection,
    columns: ProfileColumns,
    body: (ProfileVectors) throws -> Void
  ) async throws {
    try await base.scan(selection, columns: columns) { vectors in
      var vectors = vectors
      numbering.number(&vectors.figures.functions)
      try body(vectors)
    }
  }

  func forEachCapture(
    _ selection: ProfileSelection,
    body: (Capture) throws -> Void
  ) async throws {
    // Whole captures, and totals, have the names of their functions and no numbers.
    try await base.forEachCapture(selection, body: body)
  }

  func names(of selection: ProfileSelection) async throws -> any FunctionNames {
    NumberedNames(base: try await base.names(of: selection), numbering: numbering)
  }

  func functionAliases() async throws -> [FunctionID: FunctionID]? {
    guard let aliases = try await base.functionAliases() else { return nil }
    var numbered: [FunctionID: FunctionID] = [:]
    for (function, other) in aliases {
      numbered[numbering.number(function)] = numbering.number(other)
    }
    return numbered
  }

  func labelKeys() async throws -> [String] { try await base.labelKeys() }

  func survey(
    _ selection: ProfileSelection,
    longestExpected: Duration?
  ) async throws -> CaptureSurvey {
    try await base.survey(selection, longestExpected: longestExpected)
  }

  func forEachSum(_ request: SumRequest, body: (CaptureSums) throws -> Void) async throws {
    try await base.forEachSum(request) { sum in
      var sum = sum
      numbering.number(&sum.figures.functions)
      try body(sum)
    }
  }

  func plan(_ request: SumRequest) async throws -> SumPlan { try await base.plan(request) }

  func total(
    _ selection: ProfileSelection,
    resolution: SumRequest.Resolution
  ) async throws -> StatsProfile {
    try await base.total(selection, resolution: resolution)
  }
}

/// The small number of each function of a store, and back.
private final class FunctionNumbering {
  private var numbers: [FunctionID: FunctionID] = [:]
  private var functions: [FunctionID] = []

  func number(_ function: FunctionID) -> FunctionID {
    if let known = numbers[function] { return known }
    let number = FunctionID(functions.count)
    numbers[function] = number
    functions.append(function)
    return number
  }

  func number(_ functions: inout [FunctionID]) {
    for index in functions.indices { functions[index] = number(functions[index]) }
  }

  func function(_ number: FunctionID) -> FunctionID { functions[number.index] }
}

private struct NumberedNames: FunctionNames {
  let base: any FunctionNames
  let numbering: FunctionNumbering

  func function(_ id: FunctionID) throws -> Function {
    try base.function(numbering.function(id))
  }
}
