// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// A distance between ticks of a time axis, and the natural instants that it leads to.
enum TimeStep: Hashable {
  /// Nanoseconds, for everything up to half a day.
  case nanoseconds(Int64)
  /// Days; seven of them begin on Mondays.
  case days(Int64)
  /// Months; twelve and more begin in January.
  case months(Int64)

  private static let second: Int64 = 1_000_000_000
  private static let day = 86_400 * second

  /// All steps, the smallest first.
  static let all: [TimeStep] =
    decimal.map { .nanoseconds($0) }
    + [1, 2, 5, 10, 15, 30].map { .nanoseconds($0 * second) }
    + [1, 2, 5, 10, 15, 30].map { .nanoseconds($0 * 60 * second) }
    + [1, 2, 3, 6, 12].map { .nanoseconds($0 * 3600 * second) }
    + [1, 2, 7].map { .days($0) }
    + [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200].map { .months($0) }

  /// 1, 2 and 5 times each power of ten below a second.
  private static let decimal: [Int64] = (0..<9).flatMap { exponent in
    [1, 2, 5].map { $0 * repeatElement(10, count: exponent).reduce(1, *) }
  }

  /// About how long the step is, in nanoseconds.
  var length: Double {
    switch self {
    case .nanoseconds(let count): Double(count)
    case .days(let count): Double(count * Self.day)
    case .months(let count): Double(count) * 30.4 * Double(Self.day)
    }
  }

  /// The natural instants of a range, both ends included.
  func instants(from start: Timestamp, through end: Timestamp) -> [Timestamp] {
    var result: [Timestamp] = []
    var index = index(of: start)
    // The step that the first time lies in may begin before the range of times.
    if instant(index) == nil { index += 1 }
    while let instant = instant(index), instant <= end {
      if instant >= start { result.append(instant) }
      index += 1
    }
    return result
  }

  /// The number of the last step that begins at a time or before it.
  private func index(of time: Timestamp) -> Int64 {
    let day = time.nanoseconds.quotientAndModulus(dividingBy: Self.day).quotient
    switch self {
    case .nanoseconds(let count):
      return time.nanoseconds.quotientAndModulus(dividingBy: count).quotient
    case .days(let count):
      return (day - Self.firstMonday(count)).quotientAndModulus(dividingBy: count).quotient
    case .months(let count):
      let date = CivilDate(daysSinceEpoch: day)
      return (date.year * 12 + date.month - 1).quotientAndModulus(dividingBy: count).quotient
    }
  }

  /// Where a step begins; nil beyond the range of times.
  private func instant(_ index: Int64) -> Timestamp? {
    switch self {
    case .nanoseconds(let count): return Self.timestamp(index, times: count)
    case .days(let count):
      return Self.timestamp(index * count + Self.firstMonday(count), times: Self.day)
    case .months(let count):
      let (year, month) = (index * count).quotientAndModulus(dividingBy: 12)
      let date = CivilDate(year: year, month: month + 1, day: 1)
      return date.flatMap { Self.timestamp($0.daysSinceEpoch, times: Self.day) }
    }
  }

  /// The first Monday after the epoch, for steps of a week.
  private static func firstMonday(_ days: Int64) -> Int64 {
    days == 7 ? 4 : 0
  }

  private static func timestamp(_ count: Int64, times length: Int64) -> Timestamp? {
    let (nanoseconds, overflow) = count.multipliedReportingOverflow(by: length)
    return overflow ? nil : Timestamp(nanoseconds: nanoseconds)
  }
}
