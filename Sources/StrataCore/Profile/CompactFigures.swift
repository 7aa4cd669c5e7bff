// SPDX-License-Identifier: Apache-2.0

/// A number of calls in 32 bits: the number itself, or the place of one that they do not hold.
///
/// Marshal divides whole numbers in the same way, so that most are read without conversion.
package struct CompactCount: Sendable {
  /// The number, from zero up; below zero the place in a ``WideCounts``, counted from -1 down.
  package internal(set) var bits: Int32

  /// Creates a number that has 31 bits, or the place of one.
  init(bits: Int32) {
    self.bits = bits
  }
}

/// The numbers of calls that 31 bits do not hold.
package struct WideCounts: Sendable {
  private var values: [CallCount] = []

  /// Creates a table without numbers.
  package init() {}

  /// The number that is meant.
  package subscript(count: CompactCount) -> CallCount {
    count.bits >= 0 ? CallCount(count.bits) : values[Int(~count.bits)]
  }

  /// The number that is meant, if it has 64 bits.
  package func int64(_ count: CompactCount) -> Int64? {
    count.bits >= 0 ? Int64(count.bits) : Int64(exactly: self[count])
  }

  /// A number in 32 bits; one that needs more is kept here.
  package mutating func compact(_ count: CallCount) -> CompactCount {
    if count >= 0, let bits = Int32(exactly: count) { return CompactCount(bits: bits) }
    values.append(count)
    return CompactCount(bits: ~Int32(values.count - 1))
  }

  mutating func set(_ count: inout CompactCount, to value: CallCount) {
    if count.bits < 0 { values[Int(~count.bits)] = value } else { count = compact(value) }
  }
}

/// The four figures of a function or an edge, in 24 bytes.
package struct CompactFigures: Sendable {
  package var selfTime: Double
  package var cumulativeTime: Double
  package var callCount: CompactCount
  package var primitiveCallCount: CompactCount

  /// Creates the four figures; times are in seconds.
  package init(
    callCount: CompactCount,
    primitiveCallCount: CompactCount,
    selfTime: Double,
    cumulativeTime: Double
  ) {
    self.callCount = callCount
    self.primitiveCallCount = primitiveCallCount
    self.selfTime = selfTime
    self.cumulativeTime = cumulativeTime
  }

  /// Creates figures whose counts have 31 bits.
  init(
    callCount: Int32,
    primitiveCallCount: Int32,
    selfTime: Double,
    cumulativeTime: Double
  ) {
    self.init(
      callCount: CompactCount(bits: callCount),
      primitiveCallCount: CompactCount(bits: primitiveCallCount),
      selfTime: selfTime,
      cumulativeTime: cumulativeTime
    )
  }

  /// Makes figures compact; their large counts go into `wide`.
  package init(_ statistics: CallStatistics, _ wide: inout WideCounts) {
    self.init(
      callCount: wide.compact(statistics.callCount),
      primitiveCallCount: wide.compact(statistics.primitiveCallCount),
      selfTime: statistics.selfTime,
      cumulativeTime: statistics.cumulativeTime
    )
  }
}

extension CallStatistics {
  /// The figures with counts of full size.
  init(_ figures: CompactFigures, _ wide: WideCounts) {
    self.init(
      callCount: wide[figures.callCount],
      primitiveCallCount: wide[figures.primitiveCallCount],
      selfTime: figures.selfTime,
      cumulativeTime: figures.cumulativeTime
    )
  }
}
