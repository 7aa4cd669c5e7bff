// SPDX-License-Identifier: Apache-2.0

public import StrataCore
public import StrataFormats

/// Turns dumps on disk into captures, one dump after another, whatever their format.
///
/// ```swift
/// var reader = DumpReader(defaults: DumpDefaults(labels: ["service": "web"]))
/// for found in DumpWalk(paths: ["profiles"]) {
///   for capture in try reader.captures(of: found.get()) { try await store.insert([capture]) }
/// }
/// ```
public struct DumpReader: Sendable {
  /// A capture, and what the reader of its file has to say about it.
  public struct Reading: Sendable {
    /// The capture, with an identity of its own unless the index gives one.
    public var capture: Capture
    /// What should be known before conclusions are drawn.
    public var warnings: [Warning]
  }

  /// What holds where neither the index nor the dump says otherwise.
  public let defaults: DumpDefaults
  private var formats: ProfileReader

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - defaults: What holds where neither the index nor the dump says otherwise.
  ///   - formats: The formats that are recognized; all of them by default.
  public init(
    defaults: DumpDefaults = DumpDefaults(),
    formats: ProfileReader = ProfileReader()
  ) {
    self.defaults = defaults
    self.formats = formats
  }

  /// Reads the captures of a dump.
  ///
  /// The start is that of the index, else the given one, else the one in the file's name, else the
  /// modification time, which is the end of the capture.
  ///
  /// - Throws: ``FileError`` that names the file.
  /// - Complexity: O(*n*) in the bytes of the dump.
  public mutating func captures(of source: DumpSource) throws(FileError) -> [Capture] {
    try readings(of: load(source)).map(\.capture)
  }

  /// Reads the bytes of a dump, which determine its identity, but does not decode them.
  ///
  /// - Throws: ``FileError`` that names the file.
  /// - Complexity: O(*n*) in the bytes of the dump.
  public func load(_ source: DumpSource) throws(FileError) -> LoadedDump {
    try LoadedDump(source, defaults)
  }

  /// Decodes the bytes of a dump.
  ///
  /// - Throws: ``FileError`` that names the file.
  /// - Complexity: O(*n*) in the bytes of the dump.
  public mutating func readings(of dump: LoadedDump) throws(FileError) -> [Reading] {
    let (entry, profiles) = (dump.source.entry, try profiles(of: dump.source, dump.bytes))
    return profiles.enumerated().map { index, decoded in
      let capture = Capture(
        id: profiles.count == 1 ? dump.id : ProfileID(part: index, of: dump.id),
        start: dump.start,
        duration: dump.duration,
        timeSource: dump.timeSource,
        kind: entry?.kind ?? defaults.kind ?? decoded.kind,
        clock: entry?.clock ?? defaults.clock ?? decoded.clock,
        weight: entry?.weight ?? .one,
        covers: entry?.covers ?? .call,
        labels: dump.labels,
        profile: decoded.profile
      )
      return Reading(capture: capture, warnings: decoded.warnings)
    }
  }

  /// Reads the profiles of a dump alone, without looking at its start, labels or identity.
  ///
  /// - Throws: ``FileError`` that names the file.
  /// - Complexity: O(*n*) in the bytes of the dump.
  public mutating func profiles(of source: DumpSource) throws(FileError) -> [DecodedProfile] {
    try profiles(of: source, RegularFile.read(source.path, limit: ProfileReader.maximumSize))
  }

  private mutating func profiles(
    of source: DumpSource,
    _ bytes: [UInt8]
  ) throws(FileError) -> [DecodedProfile] {
    do { return try formats.read(bytes, name: source.name) } catch {
      throw FileError(path: source.path, .format(error))
    }
  }
}

/// A dump whose bytes were read, but not decoded: what it is is known, what it holds is not.
///
/// ```swift
/// let dump = try reader.load(source)
/// if try await store.knownIDs(among: [dump.id]).isEmpty { readings = try reader.readings(of: dump) }
/// ```
public struct LoadedDump: Sendable {
  /// The identity, that of the index if it gives one.
  ///
  /// A file with several profiles has one for each, made from this and its place in the file.
  public let id: ProfileID
  let source: DumpSource
  let bytes: [UInt8]
  let labels: Labels
  let duration: Duration?
  let start: Timestamp
  let timeSource: TimeSource

  fileprivate init(_ source: DumpSource, _ defaults: DumpDefaults) throws(FileError) {
    self.source = source
    labels = try source.labels(defaults)
    duration = source.entry?.duration ?? defaults.duration
    (start, timeSource) = try source.start(defaults, duration: duration)
    bytes = try RegularFile.read(source.path, limit: ProfileReader.maximumSize)
    id = source.entry?.id ?? ProfileID(dump: bytes, start: start, labels: labels)
  }
}
