// SPDX-License-Identifier: Apache-2.0

import StrataFormats
public import StrataCore
import Synchronization

/// A folder that a program leaves its dumps in, with the index that says what they are of.
///
/// ```swift
/// let spool = try SpoolFolder(path: "profiles", limit: 64 << 20)
/// try spool.append(dump: bytes, start: start, labels: ["endpoint": "search"])
/// ```
///
/// `strata import profiles` and ``DumpCatalog`` read it, also while it is written. With an index, a
/// folder is what the index says: dumps that were there before without one are no longer found.
///
/// A dump is acknowledged when ``append(dump:start:duration:labels:kind:clock:weight:covers:id:)`` returns:
/// the dump, its name and its line are then on the disk. The dump is written first, under a name
/// that no reader takes for one, then renamed, and then its line is appended to the index with one
/// write. So a process that is killed leaves, besides what was acknowledged:
///
/// - nothing, or a file `new.tmp`, which the next dump replaces;
/// - or a dump without a line: with the index there, readers pass it over. It counts towards the
///   limit, and goes when it is among the oldest;
/// - or a dump and a part of its line. ``DumpCatalog`` reports that line as a failure and uses the
///   others; the next line starts with a line feed, so that both are apart;
/// - or both, whole.
///
/// A process that is killed while it removes dumps leaves a note of them, `index.jsonl.removed`,
/// with which the next one continues (``finishRemoval(in:)``).
///
/// Threads may share one value, and any number of processes, of the same user, may write into one
/// folder: they wait for each other with `flock` on `index.jsonl.lock`, which must not be removed
/// while one of them runs. Other programs that write the index have to take that lock too, or
/// their lines may be lost when a writer makes room. Network file systems without `flock` are
/// refused with an error.
public final class SpoolFolder: Sendable {
  /// The default limit: 256 MiB.
  public static let defaultLimit = 256 << 20

  /// The folder.
  public let path: String
  /// How many bytes the dumps may take.
  public let limit: Int

  private let writer: Mutex<SpoolWriter>

  /// Opens a folder, and makes it with those that lead to it where it is absent.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - limit: How many bytes the dumps may take; the index and what else is there do not count.
  ///     Nothing is removed before a dump is added.
  /// - Throws: ``SpoolError`` where the folder cannot be made, read or written.
  /// - Complexity: O(*n* log *n*) in the dumps that are there.
  public init(path: String, limit: Int = defaultLimit) throws(SpoolError) {
    self.path = path
    self.limit = limit
    writer = Mutex(try SpoolWriter(path: path, limit: limit))
  }

  /// How many dumps this value removed, since it was created, to keep the limit.
  public var droppedDumps: Int { writer.withLock { $0.droppedDumps } }

  /// Keeps a dump; when the call returns, it is on the disk.
  ///
  /// Where the dump would pass the limit, the dumps that started first are removed with their
  /// lines, until nine tenths of the limit are enough for the rest and the new one. Removed are
  /// dumps that are in the folder itself, and that the index names or a killed writer left;
  /// lines that cannot be read, and those that name files in other folders, stay.
  ///
  /// The call waits for other writers and for the disk: it is not for the path of a request.
  ///
  /// - Parameters:
  ///   - dump: The bytes of the dump; they are not looked at.
  ///   - start: The start of the capture.
  ///   - duration: How long the capture took, if that is known; whole nanoseconds are kept.
  ///   - labels: What was profiled.
  ///   - kind: How the figures came about; nil leaves it to the dump.
  ///   - clock: What the times measure; nil leaves it to the dump.
  ///   - weight: How many captures this one stands for, at most 9.2·10⁹.
  ///   - covers: Whether the capture is one call, or a stretch of time.
  ///   - id: An identity of its own; nil makes one from the dump, the start and the labels.
  /// - Returns: The dump in the folder, as ``DumpCatalog`` finds it.
  /// - Throws: ``SpoolError`` where the dump is larger than the limit, where the index could not
  ///   say what is given, and where the system refuses. The dump is then not stored; other dumps
  ///   may have been removed to make room for it.
  /// - Complexity: O(*n*) in the dump and in the lines that others added; O(*m* log *m*) in all
  ///   dumps where some are removed, which is then not needed again for a tenth of the limit.
  @discardableResult
  public func append(
    dump: [UInt8],
    start: Timestamp,
    duration: Duration? = nil,
    labels: Labels = [:],
    kind: ProfileKind? = nil,
    clock: ProfileClock? = nil,
    weight: Weight = .one,
    covers: Coverage = .call,
    id: String? = nil
  ) throws(SpoolError) -> DumpSource {
    let entry = SpoolEntry(
      file: "",
      start: start,
      duration: duration,
      labels: labels,
      kind: kind,
      clock: clock,
      weight: weight,
      covers: covers
    )
    return try writer.withLock { (writer) throws(SpoolError) in
      try writer.append(dump, entry, id: id)
    }
  }

  /// Keeps a record as a dump and a line that say all of it, also its identity.
  ///
  /// Importing the folder gives the same record, bit for bit; the rest is as in
  /// ``append(dump:start:duration:labels:kind:clock:weight:covers:id:)``.
  @discardableResult
  public func append(_ record: Capture) throws(SpoolError) -> DumpSource {
    let dump = PstatsWriter.dump(record.profile)
    return try writer.withLock { (writer) throws(SpoolError) in
      try writer.append(dump, SpoolEntry(record), id: nil)
    }
  }

  /// Keeps a record even if an import would refuse its line: stores of older versions hold records
  /// whose start, duration or labels are out of bounds.
  ///
  /// - Returns: The dump in the folder, and why an import refuses its line; nil if it does not.
  /// - Throws: ``SpoolError`` as ``append(_:)`` does.
  package func export(
    _ record: Capture
  ) throws(SpoolError) -> (source: DumpSource, refusal: SpoolEntryError?) {
    let dump = PstatsWriter.dump(record.profile)
    return try writer.withLock { (writer) throws(SpoolError) in
      try writer.append(dump, SpoolEntry(record), id: nil, evenIfRefused: true)
    }
  }
}

extension SpoolEntry {
  /// All that is said of a record.
  fileprivate init(_ record: Capture) {
    self.init(
      file: "",
      start: record.start,
      duration: record.duration,
      labels: record.labels,
      kind: record.kind,
      clock: record.clock,
      weight: record.weight,
      covers: record.covers,
      id: record.id,
      timeSource: record.timeSource
    )
  }
}
