// SPDX-License-Identifier: Apache-2.0

#if Tools

/// The frame of a blob: columns one after the other, then their checksum.
///
/// Each column has its length before it, so a reader skips what it does not need. How many columns
/// there are, of how many rows, the row of the table says. The page `docs/store-format.md` has the
/// layout byte by byte.
enum SealedBlob {
  static let checksumLength = 4

  /// About how many bytes columns of times take: three for each row, and what is written beyond the
  /// end before it is cut.
  static func usualSize(rows: Int, columns: Int) -> Int { 3 * rows * columns + 64 }

  /// The bytes with their checksum behind them.
  static func sealed(_ columns: consuming [UInt8]) -> [UInt8] {
    let checksum = CRC32C.checksum(of: columns.span)
    columns.appendLittleEndian(checksum)
    return columns
  }

  static func load32(_ bytes: Span<UInt8>, at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
  }
}

/// Goes through the columns of a blob in their order.
struct ColumnCursor {
  private var offset = 0
  private let end: Int

  /// Starts at the first column of a blob that is what was written.
  init(_ bytes: Span<UInt8>) throws(BlobError) {
    guard bytes.count >= SealedBlob.checksumLength else {
      throw .truncated(at: bytes.count, expected: "columns and a checksum")
    }
    end = bytes.count - SealedBlob.checksumLength
    let checksum = CRC32C.checksum(of: bytes.extracting(0..<end))
    guard SealedBlob.load32(bytes, at: end) == checksum else {
      throw BlobError(offset: end, expected: "checksum \(checksum)", found: "another one")
    }
  }

  mutating func next(_ bytes: Span<UInt8>) throws(BlobError) -> ColumnSlot {
    guard end - offset >= ColumnSlot.headerLength else {
      throw .truncated(at: offset, expected: "a column")
    }
    guard let tag = ColumnTag(rawValue: bytes[offset]) else {
      throw BlobError(offset: offset, expected: "the tag of a column", found: "\(bytes[offset])")
    }
    let length = Int(SealedBlob.load32(bytes, at: offset + 1))
    let start = offset + ColumnSlot.headerLength
    guard length <= end - start else {
      throw BlobError(
        offset: offset + 1,
        expected: "a column of at most \(end - start) bytes",
        found: "\(length)"
      )
    }
    offset = start + length
    return ColumnSlot(tag: tag, payload: start..<offset)
  }

  /// Fails unless the columns that were read are all there are.
  func finish() throws(BlobError) {
    guard offset == end else {
      throw BlobError(offset: offset, expected: "the checksum", found: "\(end - offset) bytes")
    }
  }
}

#endif
