// SPDX-License-Identifier: Apache-2.0

/// Adds figures up whose large counts are in two tables: that of the sums and that of a profile.
struct CountCarry: Sendable {
  private(set) var wide = WideCounts()
  var addends = WideCounts()

  /// The figures of the profile as the first of a sum.
  mutating func first(_ figures: CompactFigures) -> CompactFigures {
    var sum = figures
    if sum.callCount.bits < 0 { sum.callCount = wide.compact(addends[sum.callCount]) }
    if sum.primitiveCallCount.bits < 0 {
      sum.primitiveCallCount = wide.compact(addends[sum.primitiveCallCount])
    }
    return sum
  }

  /// Adds each figure, as `pstats.Stats.add` does.
  @inline(__always)
  mutating func add(_ figures: CompactFigures, to sum: inout CompactFigures) {
    add(figures.callCount, to: &sum.callCount)
    add(figures.primitiveCallCount, to: &sum.primitiveCallCount)
    sum.selfTime += figures.selfTime
    sum.cumulativeTime += figures.cumulativeTime
  }

  /// Counts that pass 127 bits stay at the largest value instead of wrapping around.
  @inline(__always)
  mutating func add(_ count: CompactCount, to sum: inout CompactCount) {
    let (bits, overflow) = sum.bits.addingReportingOverflow(count.bits)
    if sum.bits | count.bits >= 0, !overflow {
      sum.bits = bits
    } else {
      wide.set(&sum, to: wide[sum].addingSaturated(addends[count]))
    }
  }
}
