// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataStoreFormat

/// The columns of a capture that are not blobs, as the table has them.
///
/// Two checksums cover them: one what sums read for each capture, thousands of times in a question,
/// the other what only whole records need.
struct HeaderColumns {
  /// The row.
  var id: Int64
  var start: Int64
  var duration: Int64?
  var figures: FigureKind
  var weight: Int64
  var covers: Coverage
  var labelSet: Int64
  var functionCount: Int64
  var edgeCount: Int64
  var unit: Int64
  var shape: Int64?

  /// CRC-32C of the columns above, eight bytes each, lowest byte first.
  ///
  /// Kind, clock and coverage are one word of their codes. -2⁶³ stands for no duration, and 0
  /// for no shape: no capture has these.
  var checksum: Int64 {
    let codes = figures.code | covers.code << 16
    let words = (
      id.littleEndian, start.littleEndian, (duration ?? .min).littleEndian, codes.littleEndian,
      weight.littleEndian, labelSet.littleEndian, functionCount.littleEndian,
      edgeCount.littleEndian, unit.littleEndian, (shape ?? 0).littleEndian
    )
    return Int64(CRC32C.checksum(ofWords: words))
  }
}

/// The columns that only a whole record has.
struct RecordColumns {
  var profileID: [UInt8]
  var timeSource: String
  /// The bits of the `Double`.
  var totalTime: Int64
  /// The first eight bytes of its shape's digest.
  var digest: Int64

  /// CRC-32C of the columns and the row, in their order, the text last.
  func checksum(row: Int64) -> Int64 {
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt64(bitPattern: row))
    bytes += profileID
    bytes.appendLittleEndian(UInt64(bitPattern: totalTime))
    bytes.appendLittleEndian(UInt64(bitPattern: digest))
    bytes += Array(timeSource.utf8)
    return Int64(CRC32C.checksum(of: bytes.span))
  }
}

extension Coverage {
  /// The number by which a store knows it.
  var code: Int64 {
    switch self {
    case .call: 1
    case .slice: 2
    case .unknown: 3
    }
  }

  init?(code: Int64) {
    guard let coverage = Coverage.allCases.first(where: { $0.code == code }) else { return nil }
    self = coverage
  }
}

extension FigureKind {
  /// Kind and clock as one number, in checksums.
  var code: Int64 {
    let kind: Int64 =
      switch self.kind {
      case .traced: 1
      case .sampled: 2
      case .rounded: 3
      }
    return kind | (clock == .wall ? 1 : 2) << 8
  }
}

#endif
