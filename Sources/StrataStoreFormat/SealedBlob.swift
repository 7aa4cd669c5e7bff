// SPDX-License-Identifier: Apache-2.0

/// What a decoder did not understand, and at which byte of the blob.
///
/// The decoder knows no more than its bytes; the reader adds file, table and row.
package struct BlobError: Error, Hashable {
  package var offset: Int
  package var expected: String
  package var found: String

  static func truncated(at offset: Int, expected: String) -> BlobError {
    BlobError(offset: offset, expected: expected, found: "the end of the column")
  }
}

/// The frame of a blob: columns one after the other, then their checksum.
///
/// Each column has its length before it, so a reader skips what it does not need. The number of rows
/// and the unit are columns of the table, not part of the blob: a question that counts captures reads
/// no blob at all. The page `docs/store-format.md` has the layout byte by byte.
///
/// The checksum is at the end, and not before the columns, so that a blob is written in one pass and
/// continued by the checksum of its place. It is made in two steps: a profile is encoded on any thread
/// and before the store has given it a row (``sealed(_:)``); the row is known only inside the
/// transaction, which must be short, so that ``bind(_:to:)`` adds twelve bytes' worth of work there.
package enum SealedBlob {
  package static let checksumLength = 4

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
  package static func bind(_ blob: consuming [UInt8], to place: BlobPlace) -> [UInt8] {
    let end = blob.count - checksumLength
    // Continued, so that the contents are not read again inside the transaction.
    let checksum = place.checksum(continuing: load32(blob.span, at: end))
    blob.removeLast(checksumLength)
    blob.appendLittleEndian(checksum)
    return blob
  }

  /// Fails unless a blob is what was written, where it was written.
  ///
  /// The decoders trust nothing all the same: a checksum of 32 bits is right by chance for one of
  /// four billion damaged blobs, and anyone can compute it for a forged one.
  package static func check(_ bytes: Span<UInt8>, at place: BlobPlace) throws(BlobError) {
    guard bytes.count >= checksumLength else {
      throw .truncated(at: bytes.count, expected: "columns and a checksum")
    }
    let end = bytes.count - checksumLength
    let contents = CRC32C.checksum(of: bytes.extracting(0..<end))
    let checksum = place.checksum(continuing: contents)
    guard load32(bytes, at: end) == checksum else {
      throw BlobError(offset: end, expected: "checksum \(checksum)", found: "a different one")
    }
  }

  package static func load32(_ bytes: Span<UInt8>, at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
  }
}

/// Which row of which table a blob is in.
///
/// The checksum of a blob covers this too: blobs of a page that was written to the wrong place, or
/// of the wrong one of two rows, are whole and say something else.
package struct BlobPlace {
  /// The columns of the store that hold blobs; their numbers are part of the format.
  package enum Column: UInt8 {
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
    package var names: (table: String, column: String) {
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

  package var column: Column
  /// The id of the row.
  package var row: Int64

  package init(column: Column, row: Int64) {
    (self.column, self.row) = (column, row)
  }

  /// Continues a checksum with the number of the column (one byte) and the id (seven).
  func checksum(continuing before: UInt32) -> UInt32 {
    // Ids count up from 1 and never need the eighth byte: the whole place is one word, one step.
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

  /// The next column.
  ///
  /// A length is compared with the rest, not added to the offset: a forged one of 2³² - 1 must
  /// neither overflow nor reach beyond the blob.
  mutating func next(_ bytes: Span<UInt8>) throws(BlobError) -> ColumnSlot {
    guard end - offset >= ColumnSlot.headerLength else {
      throw .truncated(at: offset, expected: "a column")
    }
    // An unknown tag is not passed over: figures without its column would look whole.
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
  ///
  /// Further ones would follow rules unknown to this decoder, even if the checksum is right.
  func finish() throws(BlobError) {
    guard offset == end else {
      throw BlobError(offset: offset, expected: "the checksum", found: "\(end - offset) bytes")
    }
  }
}

// MARK: - Columns

/// How the payload of a column is written; a new way of writing takes a free number.
enum ColumnTag: UInt8 {
  /// One number for all rows (zigzag); an empty payload says 0.
  case constant = 0
  /// Zeros but for some rows: their number, then for each the gap since the last and the value.
  case sparse = 1
  /// A number a row, in one of four lengths; none is negative (``GroupedNumbers``).
  case groups = 2
  /// The same of numbers in zigzag.
  case signedGroups = 3
  /// The bits of a `Double` a row, eight bytes.
  case floats = 4
  /// Numbers that mostly follow one another: step (zigzag) and number of followers, alternately.
  case runs = 5
  /// The step from the number of the row before (zigzag).
  case steps = 6
}

/// Where in a blob a column is.
struct ColumnSlot {
  var tag: ColumnTag
  /// The payload, without tag and length.
  var payload: Range<Int>

  /// The tag and the length.
  ///
  /// The length always has four bytes, so that it can be set once the payload is written.
  static let headerLength = 5

  /// Whether the column says nothing: all zeros.
  var isEmpty: Bool { tag == .constant && payload.isEmpty }

  func unexpectedTag(for content: String) -> BlobError {
    BlobError(
      offset: payload.lowerBound - ColumnSlot.headerLength,
      expected: "a tag for \(content)",
      found: "tag \(tag.rawValue)"
    )
  }

  /// Fails unless the decoder used the payload up to its last byte.
  ///
  /// A payload that is longer than its numbers was not written by these rules.
  func checkEnd(_ offset: Int) throws(BlobError) {
    guard offset == payload.upperBound else {
      throw BlobError(
        offset: offset,
        expected: "the end of the column",
        found: "\(payload.upperBound - offset) further bytes"
      )
    }
  }
}

extension [UInt8] {
  /// Appends a column whose payload `write` appends; tag and length come before it.
  mutating func appendColumn(_ tag: ColumnTag, _ write: (inout [UInt8]) -> Void) {
    append(tag.rawValue)
    let lengthOffset = count
    // Set below: how long a payload is shows once it is written.
    appendLittleEndian(UInt32(0))
    write(&self)
    let length = UInt32(count - lengthOffset - 4)
    for index in 0..<4 {
      self[lengthOffset + index] = UInt8(truncatingIfNeeded: length >> UInt32(8 * index))
    }
  }
}

extension Array {
  /// Makes room for exactly `count` elements; those there keep any value.
  ///
  /// Decoders write every element: clearing the memory of the last row first would cost as much as
  /// decoding short columns does.
  @inlinable
  package mutating func resize(to count: Int, filling element: Element) {
    if count <= self.count {
      removeLast(self.count - count)
    } else {
      append(contentsOf: repeatElement(element, count: count - self.count))
    }
  }
}
