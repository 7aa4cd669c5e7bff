// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A dump on disk, with what an index said of it.
public struct DumpSource: Hashable, Sendable {
  /// The path of the dump.
  public var path: String
  /// The line of the index that names it, if one does.
  public var entry: SpoolEntry?

  /// Creates a source.
  public init(path: String, entry: SpoolEntry? = nil) {
    self.path = path
    self.entry = entry
  }
}

/// What is said of dumps that do not say it themselves.
public struct DumpDefaults: Hashable, Sendable {
  /// The start of the captures without an index.
  public var start: Timestamp?
  /// The duration of the captures without one.
  public var duration: Duration?
  /// The kind of the figures; nil leaves it to the dump.
  public var kind: ProfileKind?
  /// The clock of the times; nil leaves it to the dump.
  public var clock: ProfileClock?
  /// Labels for every capture; those of an index hold against them.
  public var labels: Labels
  /// Where labels stand in the path of a dump.
  public var pathLabels: PathLabels?

  /// Creates defaults.
  public init(
    start: Timestamp? = nil,
    duration: Duration? = nil,
    kind: ProfileKind? = nil,
    clock: ProfileClock? = nil,
    labels: Labels = [:],
    pathLabels: PathLabels? = nil
  ) {
    self.start = start
    self.duration = duration
    self.kind = kind
    self.clock = clock
    self.labels = labels
    self.pathLabels = pathLabels
  }
}

extension DumpSource {
  /// Reads the dump and makes a record of it.
  ///
  /// The start is that of the index, else the one given, else what the file name tells, else the
  /// modification time, which is the end of the capture.
  ///
  /// - Parameter defaults: What holds where neither index nor dump say otherwise.
  /// - Returns: The record, with an identity of its own unless the index gives one.
  /// - Throws: ``InputError`` that names the file.
  public func record(defaults: DumpDefaults) throws(InputError) -> Capture {
    var reader = PstatsReader()
    return try record(defaults: defaults, reader: &reader)
  }

  /// Reads the dump and makes a record of it, sharing texts with what `reader` read before.
  ///
  /// - Parameters:
  ///   - defaults: What holds where neither index nor dump say otherwise.
  ///   - reader: What reads the dumps of a series, one after the other.
  /// - Returns: The record, with an identity of its own unless the index gives one.
  /// - Throws: ``InputError`` that names the file.
  public func record(
    defaults: DumpDefaults,
    reader: inout PstatsReader
  ) throws(InputError) -> Capture {
    try recordAndWarnings(defaults: defaults, reader: &reader).record
  }

  /// Reads the dump and makes a record of it, with what its reader should know.
  ///
  /// Parameters and errors are those of ``record(defaults:reader:)``.
  public func recordAndWarnings(
    defaults: DumpDefaults,
    reader: inout PstatsReader
  ) throws(InputError) -> (record: Capture, warnings: [ProfileWarning]) {
    try load(defaults: defaults).recordAndWarnings(reader: &reader)
  }

  /// Reads the dump alone.
  public func dump() throws(InputError) -> PstatsDump {
    var reader = PstatsReader()
    return try dump(reader: &reader)
  }

  /// Reads the dump alone, sharing texts with what `reader` read before.
  public func dump(reader: inout PstatsReader) throws(InputError) -> PstatsDump {
    let bytes = try InputFile.read(path, limit: PstatsReader.maximumSize)
    do { return try reader.read(bytes) } catch { throw InputError(path: path, .dump(error)) }
  }

  /// The labels from all sources, merged and checked.
  func labels(_ defaults: DumpDefaults) throws(InputError) -> Labels {
    var labels = defaults.labels
    if let pattern = defaults.pathLabels {
      guard let told = pattern.labels(of: path) else {
        throw InputError(path: path, .pathLabels(pattern: pattern.pattern))
      }
      labels = told.merging(labels)
    }
    labels = labels.merging(entry?.labels ?? [:])
    do { try labels.check() } catch { throw InputError(path: path, .record(error)) }
    return labels
  }

  /// The start and where it was found, checked together with the duration.
  func start(
    _ defaults: DumpDefaults,
    duration: Duration?
  ) throws(InputError) -> (Timestamp, TimeSource) {
    let (start, source) = try uncheckedStart(defaults, duration: duration)
    do {
      try start.checkStart(duration: duration)
    } catch var error {
      if source == .modification { error.figure += " (from the modification time)" }
      throw InputError(path: path, .record(error))
    }
    return (start, source)
  }

  private func uncheckedStart(
    _ defaults: DumpDefaults,
    duration: Duration?
  ) throws(InputError) -> (Timestamp, TimeSource) {
    if let entry { return (entry.start, entry.timeSource ?? .index) }
    if let start = defaults.start { return (start, .given) }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    if let start = Timestamp(fileName: name) { return (start, .name) }
    let end = try InputFile.modificationTime(of: path)
    let start = Int128(end.nanoseconds) - Int128(duration?.nanoseconds ?? 0)
    return (Timestamp(nanoseconds: Int64(clamping: start)), .modification)
  }
}
