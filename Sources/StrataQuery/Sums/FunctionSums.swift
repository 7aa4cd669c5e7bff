// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Which functions of a store sums have named, by their numbers; also those that took no time.
struct NamedFunctions {
  private var isNamed: [Bool] = []
  private var shapes: Set<Int32> = []

  /// The number after the highest one that may have been named.
  var capacity: Int { isNamed.count }

  /// The functions in the order of their numbers.
  var ids: [FunctionID] {
    isNamed.indices.compactMap { isNamed[$0] ? FunctionID($0) : nil }
  }

  /// Notes the functions of a sum; those of a known shape are known.
  mutating func insert(_ sums: CaptureSums) {
    if let shape = sums.shape, !shapes.insert(shape).inserted { return }
    var row = 0
    while let missing = Self.note(sums.figures.functions, from: &row, in: &isNamed) {
      isNamed += repeatElement(false, count: max(missing + 1 - isNamed.count, isNamed.count))
    }
  }

  /// Notes functions from a row on; returns the number of one that there is no room for.
  private static func note(
    _ functions: [FunctionID],
    from row: inout Int,
    in isNamed: inout [Bool]
  ) -> Int? {
    var isNamed = isNamed.mutableSpan
    while row < functions.count {
      let index = Int(functions[row].index)
      guard index < isNamed.count else { return index }
      isNamed[index] = true
      row += 1
    }
    return nil
  }
}

/// A sum for each function of a store, by its number, exact in 128 bits.
///
/// A row costs one addition in 64 bits; what those no longer hold is noted separately.
struct FunctionSums {
  /// The lowest 64 bits of each sum, with a sign of their own.
  private var low: [Int64] = []
  /// What is to be added to them.
  private var rest: [Int128] = []

  /// The sum of a function that there is room for.
  subscript(function: FunctionID) -> Int128 {
    Int128(low[Int(function.index)]) + rest[Int(function.index)]
  }

  /// Adds a column whose values count `factor` times each; all functions have numbers below
  /// `capacity`.
  ///
  /// - Throws: ``QueryError/inconsistentStore(reason:)`` where one has not.
  mutating func add(
    _ values: [Int64],
    of functions: [FunctionID],
    times factor: Int128 = 1,
    capacity: Int
  ) throws(QueryError) {
    if capacity > low.count {
      low += repeatElement(0, count: capacity - low.count)
      rest += repeatElement(0, count: capacity - rest.count)
    }
    let areKnown =
      factor == 1
      ? Self.add(values, of: functions, to: &low, carryingTo: &rest)
      : Self.add(values, of: functions, times: factor, to: &rest)
    guard areKnown else {
      throw .inconsistentStore(reason: "a list of functions differs from the one read first")
    }
  }

  private static func add(
    _ values: [Int64],
    of functions: [FunctionID],
    to low: inout [Int64],
    carryingTo rest: inout [Int128]
  ) -> Bool {
    guard values.count == functions.count else { return false }
    let (functions, values) = (functions.span, values.span)
    var low = low.mutableSpan
    // The innermost loop of all sums: one comparison a row is the check that a number is known, and
    // takes the place of four that would look for the ends of the spans.
    for row in functions.indices {
      // SAFETY: the row is one of the functions, and there are as many values.
      let (function, value) = unsafe (functions[unchecked: row], values[unchecked: row])
      guard function.rawValue < UInt64(low.count) else { return false }
      let index = function.index
      // SAFETY: the index was just compared with the count.
      let (sum, overflow) = unsafe low[unchecked: index].addingReportingOverflow(value)
      unsafe low[unchecked: index] = sum
      if overflow { rest[index] += value < 0 ? -(1 << 64) : 1 << 64 }
    }
    return true
  }

  private static func add(
    _ values: [Int64],
    of functions: [FunctionID],
    times factor: Int128,
    to sums: inout [Int128]
  ) -> Bool {
    var sums = sums.mutableSpan
    for row in functions.indices {
      let index = Int(functions[row].index)
      guard index < sums.count else { return false }
      // WeightedBound has checked the total: another check would cost a call.
      sums[index] += Int128(values[row]) &* factor
    }
    return true
  }
}

/// What the functions of sums take in one column.
struct GroupTotals {
  private let column: ProfileColumns
  private var named = NamedFunctions()
  private var sums = FunctionSums()

  init(_ column: ProfileColumns) {
    self.column = column
  }

  /// Adds a sum that counts `factor` times.
  mutating func add(_ sum: CaptureSums, times factor: Int128) throws(QueryError) {
    named.insert(sum)
    try sums.add(
      sum.figures.values(of: column),
      of: sum.figures.functions,
      times: factor,
      capacity: named.capacity
    )
  }

  /// What each group takes; functions are grouped now, when all has been added up.
  func byGroup(_ grouper: inout SeriesGrouper) throws -> [Int128] {
    var totals: [Int128] = []
    for function in named.ids {
      let group = Int(try grouper.group(of: function))
      guard group >= 0 else { continue }
      while totals.count <= group { totals.append(0) }
      totals[group] += sums[function]
    }
    return totals
  }
}

/// Adds numbers of 64 bits up without a check for each, their halves apart.
///
/// Up to 2³¹ numbers, as many as a sum can have rows, leave both halves below 64 bits.
struct HalvesSum {
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  private let count: Int

  /// The sum of a column.
  init(_ values: [Int64]) {
    count = values.count
    for value in values { add(value) }
  }

  /// The sum of some rows of a column.
  init(_ values: [Int64], at rows: [Int32]) {
    count = rows.count
    for row in rows { add(values[Int(row)]) }
  }

  /// The sum.
  var total: Int128 {
    Int128(high) << 32 + Int128(low) - Int128(count) << 63
  }

  /// Takes the number as one from zero up, by 2⁶³: vectors of these are shifted in one step.
  @inline(__always)
  private mutating func add(_ value: Int64) {
    let bits = UInt64(bitPattern: value ^ .min)
    low &+= bits & 0xffff_ffff
    high &+= bits >> 32
  }
}
