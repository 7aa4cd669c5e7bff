// SPDX-License-Identifier: Apache-2.0

public import StrataCore
import StrataFormats
public import StrataSpool

/// A folder of dumps with an `index.jsonl`, as `strata import` takes it.
///
/// Each record is a dump that CPython's pstats reads as well. When a record is taken it is on the disk;
/// what a killed program leaves behind is described at `SpoolFolder`.
public struct RecordFolder: ProfileDestination {
  private let spool: SpoolFolder

  /// Opens a folder, and makes it where it is absent.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - limit: How many bytes the dumps may take; the oldest go first.
  /// - Throws: `SpoolError` where the folder cannot be made, read or written.
  public init(_ path: String, limit: Int = SpoolFolder.defaultLimit) throws(SpoolError) {
    spool = try SpoolFolder(path: path, limit: limit)
  }

  /// The folder.
  public var path: String { spool.path }

  /// How many dumps were removed to keep the limit.
  public var droppedCount: Int { spool.droppedDumps }

  /// Writes a dump and its line.
  public func take(_ record: Capture) throws(SpoolError) {
    try spool.append(
      dump: PstatsWriter.dump(record.profile),
      start: record.start,
      duration: record.duration,
      labels: record.labels,
      kind: record.kind,
      clock: record.clock,
      weight: record.weight,
      covers: record.covers
    )
  }
}
