// SPDX-License-Identifier: Apache-2.0

#if Tools

/// What a decoder did not understand, and at which byte of the blob.
///
/// The decoder knows no more than its bytes; the reader adds file, table and profile
/// (``StoreError/damaged``).
struct BlobError: Error, Hashable {
  var offset: Int
  var expected: String
  var found: String

  static func truncated(at offset: Int, expected: String) -> BlobError {
    BlobError(offset: offset, expected: expected, found: "the end of the column")
  }
}

#endif
