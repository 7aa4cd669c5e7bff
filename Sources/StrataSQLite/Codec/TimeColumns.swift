// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// The times of a blob in the unit that writes them shortest, with what the unit does not say.
///
/// The first column is self time, the second the time in callees (cumulative less self): both are
/// small for most functions, and the usual question reads the first one alone.
struct TimeColumns {
  /// One `Double` that the unit does not give exactly, by its place: self times, then cumulative.
  struct Patch {
    var index: Int
    /// How many `Double`s it is above what the unit gives.
    var ulps: Int64
  }

  var unit: TimeUnit
  /// The three columns as they stand in the blob; the patches are apart, after the counts.
  var bytes: [UInt8]
  var patches: [UInt8]

  var length: Int { bytes.count + patches.count }

  /// Chooses the unit for seconds whose nearest nanoseconds are known.
  static func encode(selfTimes: TimeVector, cumulativeTimes: TimeVector) -> TimeColumns {
    let times = (selfTimes, cumulativeTimes)
    var shortest = encode(times, unit: .nanoseconds, nanosecondsPerTick: 1)
    if selfTimes.isWholeMicroseconds, cumulativeTimes.isWholeMicroseconds {
      let other = encode(times, unit: .microseconds, nanosecondsPerTick: 1_000)
      if other.length < shortest.length { shortest = other }
    }
    // 16 bytes a row are the most that times can take: only many patches are longer.
    if shortest.length > 16 * selfTimes.count + 3 * ColumnSlot.headerLength {
      shortest = encodeBits(times)
    }
    return shortest
  }

  private static func encode(
    _ times: (selfTimes: TimeVector, cumulativeTimes: TimeVector),
    unit: TimeUnit,
    nanosecondsPerTick: Int64
  ) -> TimeColumns {
    let selfTicks = times.selfTimes.ticks(of: nanosecondsPerTick)
    let cumulativeTicks = times.cumulativeTimes.ticks(of: nanosecondsPerTick)
    var bytes: [UInt8] = []
    NumberColumn.append(selfTicks, to: &bytes)
    NumberColumn.append(zip(cumulativeTicks, selfTicks).map { $0 &- $1 }, to: &bytes)
    let patches =
      times.selfTimes.patches(for: selfTicks, unit, from: 0)
      + times.cumulativeTimes.patches(for: cumulativeTicks, unit, from: selfTicks.count)
    return TimeColumns(unit: unit, bytes: bytes, patches: encode(patches))
  }

  private static func encodeBits(
    _ times: (selfTimes: TimeVector, cumulativeTimes: TimeVector)
  ) -> TimeColumns {
    var bytes: [UInt8] = []
    for vector in [times.selfTimes, times.cumulativeTimes] {
      bytes.appendColumn(.floats) { bytes in
        for value in vector.seconds { bytes.appendLittleEndian(value.bitPattern) }
      }
    }
    return TimeColumns(unit: .seconds, bytes: bytes, patches: encode([]))
  }

  private static func encode(_ patches: [Patch]) -> [UInt8] {
    var bytes: [UInt8] = []
    guard !patches.isEmpty else {
      bytes.appendColumn(.constant) { _ in }
      return bytes
    }
    bytes.appendColumn(.sparse) { bytes in
      bytes.appendVarint(UInt64(patches.count))
      var last = -1
      for patch in patches {
        bytes.appendVarint(UInt64(patch.index - last - 1))
        bytes.appendZigzag(patch.ulps)
        last = patch.index
      }
    }
    return bytes
  }
}

/// Times as a profile holds them, with the nearest nanosecond of each.
struct TimeVector {
  private(set) var seconds: [Double] = []
  private(set) var nanoseconds: [Int64] = []

  var count: Int { seconds.count }

  mutating func reserveCapacity(_ count: Int) {
    seconds.reserveCapacity(count)
    nanoseconds.reserveCapacity(count)
  }

  /// Adds a time; false where it has no nearest nanosecond within ±2⁶².
  mutating func append(_ value: Double) -> Bool {
    guard let nearest = Nanoseconds.nearest(to: value) else { return false }
    seconds.append(value)
    nanoseconds.append(nearest)
    return true
  }

  fileprivate var isWholeMicroseconds: Bool {
    nanoseconds.allSatisfy { $0 % 1_000 == 0 }
  }

  fileprivate func ticks(of nanosecondsPerTick: Int64) -> [Int64] {
    nanosecondsPerTick == 1 ? nanoseconds : nanoseconds.map { $0 / nanosecondsPerTick }
  }

  fileprivate func patches(
    for ticks: [Int64],
    _ unit: TimeUnit,
    from firstIndex: Int
  ) -> [TimeColumns.Patch] {
    var patches: [TimeColumns.Patch] = []
    for (row, value) in seconds.enumerated() {
      let product = unit.seconds(ticks[row])
      guard product.bitPattern != value.bitPattern else { continue }
      patches.append(
        TimeColumns.Patch(index: firstIndex + row, ulps: value.ordinal &- product.ordinal)
      )
    }
    return patches
  }
}

#endif
