// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension Capture {
  /// Checks that every store takes the record: that it can be summed exactly, and that start,
  /// duration and labels are within bounds.
  ///
  /// Stores check by themselves; an importer asks before it puts a record among others, since a
  /// store keeps all records of an insertion or none.
  ///
  /// - Throws: `CaptureError` that names the function, or the part of the record.
  public func check() throws(CaptureError) {
    try checkDescription()
    _ = try IntegerColumns(profile)
  }
}
