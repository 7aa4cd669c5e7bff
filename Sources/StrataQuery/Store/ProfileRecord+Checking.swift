// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension ProfileRecord {
  /// Checks that every store can keep the record, and sum it exactly.
  ///
  /// Stores check by themselves; an importer asks before it puts a record among others, since a
  /// store keeps all records of an insertion or none.
  ///
  /// - Throws: `RecordError` that names the function.
  public func checkSums() throws(RecordError) {
    _ = try IntegerColumns(profile)
  }
}
