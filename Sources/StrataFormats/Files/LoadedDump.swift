// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A dump whose bytes were read, but not looked into: what it is is known, what it holds is not.
///
/// ```swift
/// let dump = try source.load(defaults: defaults)
/// if !known.contains(dump.id) { try store.insert([dump.record(reader: &reader)]) }
/// ```
public struct LoadedDump: Sendable {
  /// The identity, that of the index if it gives one.
  public let id: ProfileID
  private let source: DumpSource
  private let defaults: DumpDefaults
  private let bytes: [UInt8]
  private let labels: Labels
  private let duration: Duration?
  private let start: Timestamp
  private let timeSource: TimeSource

  fileprivate init(_ source: DumpSource, _ defaults: DumpDefaults) throws(InputError) {
    self.source = source
    self.defaults = defaults
    labels = try source.labels(defaults)
    duration = source.entry?.duration ?? defaults.duration
    (start, timeSource) = try source.start(defaults, duration: duration)
    bytes = try InputFile.read(source.path, limit: PstatsReader.maximumSize)
    id = source.entry?.id ?? ProfileID(dump: bytes, start: start, labels: labels)
  }

  /// Reads the dump and makes a record of it, sharing memory with what `reader` read before.
  ///
  /// - Parameter reader: What reads the dumps of a series, one after the other.
  /// - Returns: The record, with the ``id``.
  /// - Throws: ``InputError`` that names the file.
  /// - Complexity: O(*n*) in the bytes of the dump.
  public func record(reader: inout PstatsReader) throws(InputError) -> Capture {
    try recordAndWarnings(reader: &reader).record
  }

  func recordAndWarnings(
    reader: inout PstatsReader
  ) throws(InputError) -> (record: Capture, warnings: [ProfileWarning]) {
    let dump: PstatsDump
    do { dump = try reader.read(bytes) } catch {
      throw InputError(path: source.path, .dump(error))
    }
    let record = Capture(
      id: id,
      start: start,
      duration: duration,
      timeSource: timeSource,
      kind: source.entry?.kind ?? defaults.kind ?? dump.kind,
      clock: source.entry?.clock ?? defaults.clock ?? dump.clock,
      weight: source.entry?.weight ?? .one,
      covers: source.entry?.covers ?? .call,
      labels: labels,
      profile: dump.profile
    )
    return (record, dump.warnings)
  }
}

extension DumpSource {
  /// Reads the bytes of the dump, which tell its identity.
  ///
  /// - Parameter defaults: What holds where neither index nor dump say otherwise.
  /// - Returns: The dump, not yet looked into.
  /// - Throws: ``InputError`` that names the file.
  /// - Complexity: O(*n*) in the bytes of the dump.
  public func load(defaults: DumpDefaults) throws(InputError) -> LoadedDump {
    try LoadedDump(self, defaults)
  }
}
