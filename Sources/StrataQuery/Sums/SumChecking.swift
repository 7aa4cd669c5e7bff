// SPDX-License-Identifier: Apache-2.0

import StrataCore

// What a store answers was read from a file that may be damaged. Whatever a question indexes or
// counts by is checked first, so that answers that disagree are an error and nothing worse.

extension FigureVectors {
  /// Refuses columns that lack a figure for each function, and numbers that no function has.
  ///
  /// The numbers of functions that were checked before need no second look.
  ///
  /// - Complexity: O(*n*) in functions that are not known.
  func check(_ columns: ProfileColumns, areFunctionsKnown: Bool = false) throws(QueryError) {
    // Once for each capture: a loop over the columns would cost more than it reads.
    try check(selfNanoseconds.count, columns.contains(.selfTimes))
    try check(cumulativeNanoseconds.count, columns.contains(.cumulativeTimes))
    try check(callCounts.count, columns.contains(.callCounts))
    try check(primitiveCallCounts.count, columns.contains(.primitiveCallCounts))
    guard areFunctionsKnown || functions.reduce(0, { $0 | $1.index }) >= 0 else {
      throw .inconsistentStore(reason: "a function has a negative number")
    }
  }

  private func check(_ count: Int, _ isAskedFor: Bool) throws(QueryError) {
    guard !isAskedFor || count == functions.count else {
      throw .inconsistentStore(
        reason: "there are \(count) figures for \(functions.count) functions"
      )
    }
  }
}

extension CaptureSums {
  /// Refuses a sum without a figure that was asked for, or with that of more captures than it has.
  func check(_ figure: Figure) throws(QueryError) {
    guard let sum = self.figure, sum.captures >= 0, sum.captures <= captures else {
      throw .inconsistentStore(
        reason: "the \(figure) of \(self.figure?.captures ?? 0) among \(captures) captures"
      )
    }
  }
}

/// Counts the captures of sums, and compares them with those that a survey found.
struct CaptureCount {
  private let expected: Int
  private let isFinal: Bool
  /// How many were added up.
  private(set) var found = 0
  /// Those whose functions were checked.
  private var shapes: Set<Int32> = []

  /// - Parameters:
  ///   - survey: What was found first.
  ///   - isFinal: Whether captures can neither come nor go meanwhile.
  init(of survey: CaptureSurvey, isFinal: Bool) {
    expected = survey.captures
    self.isFinal = isFinal
  }

  /// Counts the captures of a sum, and checks its figures.
  mutating func add(_ sum: CaptureSums, _ request: SumRequest) throws(QueryError) {
    let isNew = sum.shape.map { shapes.insert($0).inserted } ?? true
    try sum.figures.check(request.columns, areFunctionsKnown: !isNew)
    if let figure = request.figure { try sum.check(figure) }
    try add(sum.captures)
  }

  /// Counts captures.
  mutating func add(_ captures: Int) throws(QueryError) {
    // No more than there should be, so that no sum of them overflows.
    guard captures >= 0, captures <= (isFinal ? expected : CaptureSurvey.maximumCaptures) - found
    else {
      throw .inconsistentStore(reason: "there are more than the \(expected) captures found first")
    }
    found += captures
  }

  /// Refuses fewer captures than there should be.
  func finish() throws(QueryError) {
    guard found == expected || !isFinal else {
      throw .inconsistentStore(reason: "\(expected) captures were found, and \(found) added up")
    }
  }
}

/// How large the weighted sums of captures may have become, whichever of them are taken together.
struct WeightedBound {
  private static let limit = Int128.max.magnitude

  private let columns: [ProfileColumns]
  private let figure: Figure?
  /// For each column, and for the figure of whole captures, the magnitudes of all its values, times
  /// their weights.
  private var sums: [UInt128]

  init(_ metric: MetricSource) {
    columns = [metric.column, metric.divisorColumn].filter { !$0.isEmpty }
    figure = metric.figure
    sums = Array(repeating: 0, count: columns.count + 1)
  }

  /// Adds a capture whose figures count `factor` times.
  ///
  /// - Throws: ``QueryError/weightedSumTooLarge(start:labels:)`` if a sum may pass 127 bits.
  mutating func add(_ capture: ProfileVectors, times factor: Int128) throws(QueryError) {
    for index in sums.indices {
      // 63 bits of at most 2³¹ rows.
      let size =
        index < columns.count
        ? capture.figures.values(of: columns[index]).reduce(0) { $0 + UInt128($1.magnitude) }
        : UInt128((figure.flatMap { capture.header.value(of: $0) } ?? 0).magnitude)
      let product = size.multipliedReportingOverflow(by: factor.magnitude)
      let sum = sums[index].addingReportingOverflow(product.partialValue)
      guard !product.overflow, !sum.overflow, sum.partialValue <= Self.limit else {
        throw .weightedSumTooLarge(start: capture.header.start, labels: capture.header.labels)
      }
      sums[index] = sum.partialValue
    }
  }
}
