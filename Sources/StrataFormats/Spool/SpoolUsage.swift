// SPDX-License-Identifier: Apache-2.0

/// How many bytes the dumps of a spool folder take, as far as the index was read.
///
/// A writer that is alone reads a few bytes of the index for each dump, however long it is; with
/// others it reads the lines that they added.
struct SpoolUsage {
  /// How much of the end of what is known is compared, to see that it is still there.
  ///
  /// Names of dumps are not used twice, so that a line is enough.
  private static let markSize = 512

  /// The size of the dumps in bytes.
  private(set) var size: Int128
  /// Where the index ends, as far as it is known.
  private var offset: Int
  /// The bytes of the index before the offset.
  private var mark: ArraySlice<UInt8>

  /// Creates the usage of a folder whose dumps take `size` bytes.
  init(size: Int128, index: [UInt8]) {
    self.size = size
    offset = index.count
    mark = index.suffix(Self.markSize)
  }

  /// Adds what was written since.
  mutating func update(
    from index: borrowing SpoolFile,
    in folder: String
  ) throws(SpoolError) {
    let known = mark
    let tail = try index.bytes(from: offset - known.count)
    guard tail.starts(with: known) else {
      // Another writer made room: the index is a new file.
      let all = try index.bytes(from: 0)
      self = SpoolUsage(size: try SpoolContents(folder: folder, index: all).size, index: all)
      return
    }
    for (_, entry) in SpoolContents.entries(of: tail[known.count...]) {
      guard let entry, SpoolContents.isRemovable(entry.file) else { continue }
      size += Int128(SpoolFile.size(of: folder + "/" + entry.file) ?? 0)
    }
    offset += tail.count - known.count
    mark = tail.suffix(Self.markSize)
  }
}
