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

  /// The bytes followed by their checksum, for a place that is not known yet (``bind(_:to:)``).
  static func sealed(_ columns: consuming [UInt8]) -> [UInt8] {
    let checksum = CRC32C.checksum(of: columns.span)
    columns.appendLittleEndian(checksum)
    return columns
  }

  /// Makes the checksum cover the place of the blob, too.
  static func bind(_ blob: consuming [UInt8], to place: BlobPlace) -> [UInt8] {
    let end = blob.count - checksumLength
    let checksum = place.checksum(continuing: load32(blob.span, at: end))
    blob.removeLast(checksumLength)
    blob.appendLittleEndian(checksum)
    return blob
  }

  /// Fails unless a blob is what was written, where it was written.
  static func check(_ bytes: Span<UInt8>, at place: BlobPlace) throws(BlobError) {
    guard bytes.count >= checksumLength else {
      throw .truncated(at: bytes.count, expected: "columns and a checksum")
    }
    let end = bytes.count - checksumLength
    let contents = CRC32C.checksum(of: bytes.extracting(0..<end))
    let checksum = place.checksum(continuing: contents)
    guard load32(bytes, at: end) == checksum else {
      throw BlobError(offset: end, expected: "checksum \(checksum)", found: "another one")
    }
  }

  static func load32(_ bytes: Span<UInt8>, at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
  }
}

/// Which row of which table a blob is in.
///
/// The checksum of a blob covers this too: blobs of a page that was written to the wrong place, or
/// of the wrong one of two rows, are whole and say something else.
struct BlobPlace {
  /// The columns of the store that hold blobs; their numbers are part of the format.
  enum Column: UInt8 {
    case captureFunctions = 1
    case captureSelfTimes = 2
    case captureFigures = 3
    case captureEdges = 4
    case captureEdgeFigures = 5
    case shapeFunctions = 6
    case shapeEdges = 7
    case sumFunctions = 8
    case sumSelfTimes = 9
    case sumFigures = 10
    case sumEdges = 11
    case sumEdgeFigures = 12

    /// Table and column, for messages.
    var names: (table: String, column: String) {
      switch self {
      case .captureFunctions: ("capture", "functions")
      case .captureSelfTimes: ("capture", "selfTimes")
      case .captureFigures: ("capture", "figures")
      case .captureEdges: ("captureEdges", "edges")
      case .captureEdgeFigures: ("captureEdges", "figures")
      case .shapeFunctions: ("shape", "functions")
      case .shapeEdges: ("shape", "edges")
      case .sumFunctions: ("sum", "functions")
      case .sumSelfTimes: ("sum", "selfTimes")
      case .sumFigures: ("sum", "figures")
      case .sumEdges: ("sumEdges", "edges")
      case .sumEdgeFigures: ("sumEdges", "figures")
      }
    }
  }

  var column: Column
  /// The id of the row.
  var row: Int64

  /// Continues a checksum with the number of the column (one byte) and the id (seven).
  func checksum(continuing before: UInt32) -> UInt32 {
    let word = UInt64(bitPattern: row) << 8 | UInt64(column.rawValue)
    return CRC32C.checksum(of: word, continuing: before)
  }
}

/// Goes through the columns of a blob in their order.
struct ColumnCursor {
  private var offset = 0
  private let end: Int

  /// Starts at the first column of a blob whose checksum matches (``SealedBlob/check(_:at:)``).
  init(_ bytes: Span<UInt8>) throws(BlobError) {
    guard bytes.count >= SealedBlob.checksumLength else {
      throw .truncated(at: bytes.count, expected: "columns and a checksum")
    }
    end = bytes.count - SealedBlob.checksumLength
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
