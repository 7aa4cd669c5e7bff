// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Sums the captures of one side of a comparison, function by function.
///
/// Each function of the store is looked at once, whatever the number of captures.
struct ComparisonTotals {
  private let query: ComparisonQuery
  private let snapshot: any ProfileSnapshot
  /// The functions that count, and their figures.
  private var keys: [Function] = []
  private var figures: [FunctionTotals] = []
  private var numbers: [Function: Int] = [:]
  /// The number of each function of the store: nil where it is unknown, -1 where it is left out.
  private var numberOfFunction: [Int?] = []

  init(_ query: ComparisonQuery, in snapshot: any ProfileSnapshot) {
    self.query = query
    self.snapshot = snapshot
  }

  /// The sums so far.
  var functions: [Function: FunctionTotals] {
    Dictionary(uniqueKeysWithValues: zip(keys, figures))
  }

  mutating func add(_ vectors: ProfileVectors) throws {
    for (index, function) in vectors.figures.functions.enumerated() {
      let number = try number(of: function)
      guard number >= 0 else { continue }
      figures[number].add(
        FunctionTotals(
          callCount: Int128(vectors.figures.callCounts[index]),
          primitiveCallCount: Int128(vectors.figures.primitiveCallCounts[index]),
          selfTime: Int128(vectors.figures.selfTimes[index]),
          cumulativeTime: Int128(vectors.figures.cumulativeTimes[index])
        )
      )
    }
  }

  private mutating func number(of id: FunctionID) throws -> Int {
    let index = Int(id.index)
    if index < numberOfFunction.count, let known = numberOfFunction[index] { return known }
    let missing = index + 1 - numberOfFunction.count
    if missing > 0 { numberOfFunction += repeatElement(nil, count: missing) }
    let number = try newNumber(of: snapshot.function(id))
    numberOfFunction[index] = number
    return number
  }

  /// The number of the function that stands for this one; -1 where the question leaves it out.
  private mutating func newNumber(of function: Function) throws -> Int {
    let whole = ProfileComparison.Grouping.function
      .key(of: function, stripsDirectories: query.stripsDirectories)
    if let pattern = query.functions, try !pattern.matches(whole.standardName) { return -1 }
    let key = query.grouping.key(of: whole, stripsDirectories: false)
    if let known = numbers[key] { return known }
    numbers[key] = keys.count
    keys.append(key)
    figures.append(.zero)
    return keys.count - 1
  }
}
