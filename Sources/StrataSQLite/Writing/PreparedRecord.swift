// SPDX-License-Identifier: Apache-2.0

#if Tools

public import StrataCore

/// A record that was found fit to be kept, with all encoded that needs no numbers of the store.
///
/// Preparing is most of the work of storing, and needs no store: several threads may do it while
/// one writes (``SQLiteStore/insert(prepared:)``).
public struct PreparedRecord: Sendable {
  /// The record.
  public let record: ProfileRecord
  let encoded: EncodedProfile
  /// The functions of the rows, by their number in the profile's table.
  let functions: [Int32]
  /// The start of each edge, by its number in the profile's table; those of a row side by side.
  let callers: [Int32]

  /// Encodes a record.
  ///
  /// - Throws: `RecordError` where the record cannot be kept exactly.
  /// - Complexity: O(*n*) in its functions and callers.
  public init(_ record: ProfileRecord) throws(RecordError) {
    self.record = record
    let profile = record.profile
    encoded = try EncodedProfile(profile)
    functions = profile.rows.map(\.function)
    callers = profile.edgesByRow.map(\.caller)
  }
}

#endif
