// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

extension ColumnarBlob {
  /// The functions or edges of the rows; each is from 1 to `known`.
  func decodeIDs(
    _ bytes: Span<UInt8>,
    known: Int32,
    into values: inout [Int32]
  ) throws(BlobError) {
    try IDColumn.decode(bytes, ids, count: count, known: known, into: &values)
  }

  func decodeCallCounts(
    _ bytes: Span<UInt8>,
    into values: inout [Int64]
  ) throws(BlobError) {
    try NumberColumn.decode(bytes, callCounts, count: count, into: &values)
  }

  /// Primitive calls are kept as what recursion added to them: mostly nothing.
  func decodePrimitiveCallCounts(
    _ bytes: Span<UInt8>,
    callCounts: [Int64],
    into values: inout [Int64]
  ) throws(BlobError) {
    try NumberColumn.decode(bytes, recursiveCallCounts, count: count, into: &values)
    var target = values.mutableSpan
    let calls = callCounts.span
    for row in target.indices { target[row] = calls[row] &- target[row] }
  }

  /// Self times in whole nanoseconds.
  func decodeSelfTimes(
    _ bytes: Span<UInt8>,
    into values: inout [Int64]
  ) throws(BlobError) {
    try decodeTicks(bytes, selfTimes, into: &values)
    try convertToNanoseconds(&values, selfTimes)
  }

  /// Cumulative times in whole nanoseconds.
  func decodeCumulativeTimes(
    _ bytes: Span<UInt8>,
    into values: inout [Int64]
  ) throws(BlobError) {
    var scratch: [Int64] = []
    try decodeCumulativeTicks(bytes, selfTicks: &scratch, into: &values)
    try convertToNanoseconds(&values, calleeTimes)
  }

  func decodeCumulativeTicks(
    _ bytes: Span<UInt8>,
    selfTicks: inout [Int64],
    into values: inout [Int64]
  ) throws(BlobError) {
    try decodeTicks(bytes, calleeTimes, into: &values)
    guard unit != .seconds else { return }
    try decodeTicks(bytes, selfTimes, into: &selfTicks)
    var target = values.mutableSpan
    let own = selfTicks.span
    for row in target.indices { target[row] = target[row] &+ own[row] }
  }

  /// Whole numbers in the unit of the blob, or the bits of the seconds.
  func decodeTicks(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    into values: inout [Int64]
  ) throws(BlobError) {
    guard unit == .seconds else {
      return try NumberColumn.decode(bytes, slot, count: count, into: &values)
    }
    guard slot.tag == .floats else { throw slot.unexpectedTag(for: "times in seconds") }
    guard slot.payload.count == 8 * count else {
      throw .truncated(at: slot.payload.upperBound, expected: "\(count) times in seconds")
    }
    values.resize(to: count, filling: 0)
    for row in values.indices {
      let offset = slot.payload.lowerBound + 8 * row
      values[row] = Int64(bitPattern: loadWord(bytes, at: offset))
    }
  }

  private func convertToNanoseconds(
    _ values: inout [Int64],
    _ slot: ColumnSlot
  ) throws(BlobError) {
    guard unit != .nanoseconds else { return }
    for row in values.indices {
      guard let nanoseconds = nanoseconds(values[row]) else {
        throw BlobError(
          offset: slot.payload.lowerBound,
          expected: "times within 2^62 ns",
          found: "\(unit.seconds(values[row])) s in row \(row)"
        )
      }
      values[row] = nanoseconds
    }
  }

  private func nanoseconds(_ ticks: Int64) -> Int64? {
    switch unit {
    case .nanoseconds:
      return ticks
    case .microseconds:
      let (product, overflow) = ticks.multipliedReportingOverflow(by: 1_000)
      return overflow ? nil : product
    case .seconds:
      return Nanoseconds(nearestTo: unit.seconds(ticks))?.count
    }
  }
}

#endif
