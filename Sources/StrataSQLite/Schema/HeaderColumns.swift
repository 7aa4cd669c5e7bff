// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore

/// The columns of a profile that are no blobs, as the table has them, under a checksum of their own.
struct HeaderColumns {
  var profileID: [UInt8]
  var start: Int64
  var duration: Int64?
  var timeSource: String
  var kind: String
  var clock: String
  var weight: Int64
  var labelSet: Int64
  /// The bits of the `Double`.
  var totalTime: Int64
  var functionCount: Int64
  var edgeCount: Int64
  var unit: Int64

  /// CRC-32C of the columns in their order: texts with their length before them, numbers in eight
  /// bytes, a duration that is not there as none.
  var checksum: Int64 {
    var bytes: [UInt8] = []
    for text in [profileID, Array(timeSource.utf8), Array(kind.utf8), Array(clock.utf8)] {
      bytes.appendVarint(UInt64(text.count))
      bytes += text
    }
    for number in [start, weight, labelSet, totalTime, functionCount, edgeCount, unit] {
      bytes.appendLittleEndian(UInt64(bitPattern: number))
    }
    if let duration { bytes.appendLittleEndian(UInt64(bitPattern: duration)) }
    return Int64(CRC32C.checksum(of: bytes.span))
  }
}

extension HeaderColumns {
  /// The columns that a record tells; its duration and label set are for the writer to set.
  init(_ record: ProfileRecord, edgeCount: Int, unit: TimeUnit) {
    profileID = record.id.bytes
    start = record.start.nanoseconds
    timeSource = record.timeSource.rawValue
    kind = record.kind.rawValue
    clock = record.clock.rawValue
    weight = record.weight.millionths
    labelSet = 0
    totalTime = Int64(bitPattern: record.profile.totalTime.bitPattern)
    functionCount = Int64(record.profile.rows.count)
    self.edgeCount = Int64(edgeCount)
    self.unit = unit.rawValue
  }
}

#endif
