// SPDX-License-Identifier: Apache-2.0

package import StrataCore

/// The figures of a profile as whole numbers: the form in which they are summed.
package struct IntegerColumns: Sendable {
  package private(set) var callCounts: [Int64] = []
  package private(set) var primitiveCallCounts: [Int64] = []
  package private(set) var selfTimes: [Int64] = []
  package private(set) var cumulativeTimes: [Int64] = []

  /// Takes the nearest nanosecond of each time.
  ///
  /// - Throws: ``RecordError`` for a time or count that the columns cannot hold.
  package init(_ profile: StatsProfile) throws(RecordError) {
    for row in profile.rows {
      let figures = row.statistics
      guard let callCount = Int64(exactly: figures.callCount),
        let primitiveCallCount = Int64(exactly: figures.primitiveCallCount),
        let selfTime = Nanoseconds(nearestTo: figures.selfTime)?.count,
        let cumulativeTime = Nanoseconds(nearestTo: figures.cumulativeTime)?.count
      else { throw RecordError(figures, of: profile.functionTable[Int(row.function)]) }
      callCounts.append(callCount)
      primitiveCallCounts.append(primitiveCallCount)
      selfTimes.append(selfTime)
      cumulativeTimes.append(cumulativeTime)
    }
  }
}

extension RecordError {
  /// The error of the first figure of a function that is out of range.
  fileprivate init(_ figures: CallStatistics, of function: Function) {
    for (count, figure) in [
      (figures.callCount, "call count"), (figures.primitiveCallCount, "primitive call count"),
    ] where Int64(exactly: count) == nil {
      self.init(code: .countOutOfRange, function: function, figure: figure, value: "\(count)")
      return
    }
    let isSelfTime = Nanoseconds(nearestTo: figures.selfTime) == nil
    self.init(
      code: .timeOutOfRange,
      function: function,
      figure: isSelfTime ? "self time" : "cumulative time",
      value: "\(isSelfTime ? figures.selfTime : figures.cumulativeTime) s"
    )
  }
}
