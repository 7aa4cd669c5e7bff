// SPDX-License-Identifier: Apache-2.0

#if Tools

public import StrataCore
import StrataStoreFormat

/// A record that was found fit to be kept, with all encoded that needs no numbers of the store.
///
/// Preparing is most of the work of storing, and needs no transaction: several threads may do it
/// while one writes (``SQLiteStore/commit(_:)``). What it holds is a fifth of the dump, and
/// nothing of the dump itself.
public struct PreparedRecord: Sendable {
  /// The identity of the record.
  public let id: ProfileID
  let labels: Labels
  let duration: Duration?
  /// The columns of its row, but for those that need the store: its number, label set, shape, and
  /// the duration.
  let columns: HeaderColumns
  /// The same, without the digest.
  let record: RecordColumns
  let encoded: EncodedProfile
  /// The functions of the rows, by their numbers in the store's ``FunctionRegister``.
  let functions: [Int32]
  /// The start of each edge in the same way; those of a row side by side.
  let callers: [Int32]

  /// Encodes a record without checking its start, duration and labels.
  init(_ record: Capture, _ register: FunctionRegister) throws(CaptureError) {
    let profile = record.profile
    let encoded = try EncodedProfile(profile)
    let edges = profile.edgesByRow
    let numbers = register.numbers(of: profile.functionTable)
    id = record.id
    labels = record.labels
    duration = record.duration
    columns = HeaderColumns(
      id: 0,
      start: record.start.nanoseconds,
      duration: nil,
      figures: FigureKind(record),
      weight: record.weight.millionths,
      covers: record.covers,
      labelSet: 0,
      functionCount: Int64(profile.rows.count),
      edgeCount: Int64(edges.count),
      unit: encoded.unit.rawValue,
      shape: nil
    )
    self.record = RecordColumns(
      profileID: record.id.bytes,
      timeSource: record.timeSource.rawValue,
      totalTime: Int64(bitPattern: profile.totalTime.bitPattern),
      digest: 0
    )
    self.encoded = encoded
    functions = profile.rows.map { numbers[Int($0.function)] }
    // Of an edge only the caller: its callee is the row that it is listed with.
    callers = edges.map { numbers[Int($0.caller)] }
  }
}

extension SQLiteStore {
  /// Encodes a capture, for ``commit(_:)`` of this store and no other.
  ///
  /// - Throws: `CaptureError` where the record cannot be kept exactly, or its start, duration or labels
  ///   are out of bounds.
  /// - Complexity: O(*n*) in its functions and callers.
  public func prepare(_ record: Capture) throws(CaptureError) -> PreparedRecord {
    try record.checkDescription()
    return try PreparedRecord(record, functionRegister)
  }
}

#endif
