// SPDX-License-Identifier: Apache-2.0

#if Tools

/// The frame of a blob: version, unit, number of rows, columns, checksum.
///
/// Each column has its length before it, so a reader skips what it does not need. The page
/// `docs/store-format.md` has the layout byte by byte.
struct ColumnarBlob {
  static let version: UInt8 = 1
  static let headerLength = 6
  static let checksumLength = 4

  let unit: TimeUnit
  /// The number of functions or edges.
  let count: Int
  let ids: ColumnSlot
  let selfTimes: ColumnSlot
  let calleeTimes: ColumnSlot
  let callCounts: ColumnSlot
  let recursiveCallCounts: ColumnSlot
  let patches: ColumnSlot
  /// Of edges alone: for which of them only the number of calls is known.
  let countOnly: ColumnSlot?
  /// Of edges alone: how many edges each function has, where the edges do not show it.
  let edgeCounts: ColumnSlot?

  /// What a blob is about.
  enum Content {
    case functions
    case edges
  }

  /// Checks the frame and the checksum; the payloads are for the decoders of the columns.
  ///
  /// `limit` is the number of ids in the dictionary, each of which has one row at most; should a
  /// profile name one twice, its ids take a byte each.
  init(
    _ bytes: Span<UInt8>,
    _ content: Content,
    limit: Int32
  ) throws(BlobError) {
    let end = try Self.checkedEnd(bytes)
    guard let unit = TimeUnit(rawValue: bytes[1]) else {
      throw BlobError(offset: 1, expected: "a unit of time", found: "\(bytes[1])")
    }
    self.unit = unit
    count = Int(Self.load32(bytes, at: 2))
    let most = max(Int(limit), bytes.count)
    guard count <= most else {
      throw BlobError(offset: 2, expected: "at most \(most) rows", found: "\(count)")
    }
    var offset = Self.headerLength
    ids = try Self.nextSlot(bytes, &offset, end)
    selfTimes = try Self.nextSlot(bytes, &offset, end)
    calleeTimes = try Self.nextSlot(bytes, &offset, end)
    callCounts = try Self.nextSlot(bytes, &offset, end)
    recursiveCallCounts = try Self.nextSlot(bytes, &offset, end)
    patches = try Self.nextSlot(bytes, &offset, end)
    countOnly = content == .edges ? try Self.nextSlot(bytes, &offset, end) : nil
    edgeCounts = content == .edges ? try Self.nextSlot(bytes, &offset, end) : nil
    guard offset == end else {
      throw BlobError(offset: offset, expected: "the checksum", found: "\(end - offset) bytes")
    }
  }

  /// The offset of the checksum of a blob that is whole.
  private static func checkedEnd(_ bytes: Span<UInt8>) throws(BlobError) -> Int {
    guard bytes.count >= headerLength + checksumLength else {
      throw .truncated(at: bytes.count, expected: "a header and a checksum")
    }
    guard bytes[0] == version else {
      throw BlobError(offset: 0, expected: "codec version \(version)", found: "\(bytes[0])")
    }
    let end = bytes.count - checksumLength
    let checksum = CRC32C.checksum(of: bytes.extracting(0..<end))
    guard load32(bytes, at: end) == checksum else {
      throw BlobError(offset: end, expected: "checksum \(checksum)", found: "another one")
    }
    return end
  }

  private static func nextSlot(
    _ bytes: Span<UInt8>,
    _ offset: inout Int,
    _ end: Int
  ) throws(BlobError) -> ColumnSlot {
    guard end - offset >= ColumnSlot.headerLength else {
      throw .truncated(at: offset, expected: "a column")
    }
    guard let tag = ColumnTag(rawValue: bytes[offset]) else {
      throw BlobError(offset: offset, expected: "the tag of a column", found: "\(bytes[offset])")
    }
    let length = Int(load32(bytes, at: offset + 1))
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

  private static func load32(_ bytes: Span<UInt8>, at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
  }

  /// Puts a blob together from its parts.
  static func assemble(unit: TimeUnit, ids: [Int32], columns: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [version, unit.rawValue]
    bytes.reserveCapacity(headerLength + 2 * ids.count + columns.count + checksumLength)
    bytes.appendLittleEndian(UInt32(ids.count))
    IDColumn.append(ids, to: &bytes)
    bytes += columns
    bytes.appendLittleEndian(CRC32C.checksum(of: bytes.span))
    return bytes
  }
}

#endif
