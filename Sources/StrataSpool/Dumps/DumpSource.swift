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
  /// Where the labels are in the path of a dump.
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
  /// The labels from all sources, merged and checked.
  func labels(_ defaults: DumpDefaults) throws(FileError) -> Labels {
    var labels = defaults.labels
    if let pattern = defaults.pathLabels {
      guard let told = pattern.labels(of: path) else {
        throw FileError(path: path, .pathLabels(pattern: pattern.pattern))
      }
      labels = told.merging(labels)
    }
    labels = labels.merging(entry?.labels ?? [:])
    do { try labels.check() } catch { throw FileError(path: path, .record(error)) }
    return labels
  }

  /// The start and where it was found, checked together with the duration.
  func start(
    _ defaults: DumpDefaults,
    duration: Duration?
  ) throws(FileError) -> (Timestamp, TimeSource) {
    let (start, source) = try uncheckedStart(defaults, duration: duration)
    do {
      try start.checkStart(duration: duration)
    } catch var error {
      if source == .modification { error.figure += " (from the modification time)" }
      throw FileError(path: path, .record(error))
    }
    return (start, source)
  }

  /// The last part of the path.
  var name: String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  private func uncheckedStart(
    _ defaults: DumpDefaults,
    duration: Duration?
  ) throws(FileError) -> (Timestamp, TimeSource) {
    if let entry { return (entry.start, entry.timeSource ?? .index) }
    if let start = defaults.start { return (start, .given) }
    if let start = Timestamp(fileName: name) { return (start, .name) }
    let end = try RegularFile.modificationTime(of: path)
    let start = Int128(end.nanoseconds) - Int128(duration?.nanoseconds ?? 0)
    return (Timestamp(nanoseconds: Int64(clamping: start)), .modification)
  }
}
