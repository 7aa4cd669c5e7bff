// SPDX-License-Identifier: Apache-2.0

import PythonPattern
import StrataCore

/// Sums the captures of one side of a comparison, function by function.
struct ComparisonTotals {
  private var named = NamedFunctions()
  private var callCounts = FunctionSums()
  private var primitiveCallCounts = FunctionSums()
  private var selfNanoseconds = FunctionSums()
  private var cumulativeNanoseconds = FunctionSums()

  mutating func add(_ sum: CaptureSums) throws(QueryError) {
    named.insert(sum)
    let figures = sum.figures
    func add(_ values: [Int64], to sums: inout FunctionSums) throws(QueryError) {
      try sums.add(values, of: figures.functions, capacity: named.capacity)
    }
    try add(figures.callCounts, to: &callCounts)
    try add(figures.primitiveCallCounts, to: &primitiveCallCounts)
    try add(figures.selfNanoseconds, to: &selfNanoseconds)
    try add(figures.cumulativeNanoseconds, to: &cumulativeNanoseconds)
  }

  /// The sums so far, of the functions that count and by what stands for them.
  ///
  /// Each function of the store is looked at once, whatever the number of captures.
  func functions(
    _ query: ComparisonQuery,
    named names: any FunctionNames
  ) throws -> [Function: FunctionTotals] {
    var functions: [Function: FunctionTotals] = [:]
    for id in named.ids {
      guard let key = try query.key(of: names.function(id)) else { continue }
      functions[key, default: .zero].add(totals(of: id))
    }
    return functions
  }

  private func totals(of function: FunctionID) -> FunctionTotals {
    FunctionTotals(
      callCount: callCounts[function],
      primitiveCallCount: primitiveCallCounts[function],
      selfTime: Nanoseconds.Sum(selfNanoseconds[function]),
      cumulativeTime: Nanoseconds.Sum(cumulativeNanoseconds[function])
    )
  }
}

extension ComparisonQuery {
  /// The function that stands for this one; nil where the question leaves it out.
  fileprivate func key(of function: Function) throws -> Function? {
    let whole = ProfileComparison.Matching.function
      .key(of: function, stripsDirectories: stripsDirectories)
    if let functions {
      let name = whole.standardName
      guard try QueryError.wrap({ () throws(PatternError) in try functions.matches(name) }) else {
        return nil
      }
    }
    // Directories are gone already, and the pattern has seen the name that is shown.
    return grouping.key(of: whole, stripsDirectories: false)
  }
}
