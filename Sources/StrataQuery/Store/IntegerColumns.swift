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
      let function = profile.functionTable[Int(row.function)]
      let figures = row.statistics
      callCounts.append(try Self.count(figures.callCount, "call count", function))
      primitiveCallCounts.append(
        try Self.count(figures.primitiveCallCount, "primitive call count", function)
      )
      selfTimes.append(try Self.time(figures.selfTime, "self time", function))
      cumulativeTimes.append(try Self.time(figures.cumulativeTime, "cumulative time", function))
    }
  }

  private static func count(
    _ count: CallCount,
    _ figure: String,
    _ function: Function
  ) throws(RecordError) -> Int64 {
    guard let value = Int64(exactly: count) else {
      throw RecordError(
        code: .countOutOfRange,
        function: function,
        figure: figure,
        value: "\(count)"
      )
    }
    return value
  }

  private static func time(
    _ seconds: Double,
    _ figure: String,
    _ function: Function
  ) throws(RecordError) -> Int64 {
    guard let time = Nanoseconds(nearestTo: seconds) else {
      throw RecordError(
        code: .timeOutOfRange,
        function: function,
        figure: figure,
        value: "\(seconds) s"
      )
    }
    return time.count
  }
}
