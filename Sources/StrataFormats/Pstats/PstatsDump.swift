// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Profile statistics as Python's profilers dump them: a marshalled dict and nothing else.
///
/// ```swift
/// let dump = try PstatsDump(bytes)
/// print(dump.profile.totalTime, dump.warnings)
/// ```
///
/// Dumps of CPython 2.7 and 3.x are read alike: those of cProfile, `profile`, `pstats` itself,
/// yappi, pyinstrument, hotshot and the sampling profiler of Python 3.15. They hold no time, no
/// host and no clock: those are for a `Capture`.
public struct PstatsDump: Sendable {
  /// The statistics, in the order of the dump.
  public var profile: StatsProfile
  /// Which profiler wrote the dump, as far as its form shows.
  public var writer: Writer
  /// What a reader should know of the dump.
  public var warnings: [Warning]

  /// The profilers whose dumps differ in form.
  public enum Writer: Hashable, Sendable {
    /// cProfile, or one that writes as it does.
    case cProfile
    /// The pure-Python `profile` module: callers have counts alone, times are CPU time.
    case profile
    /// The sampling profiler of Python 3.15, whose figures are estimates.
    case sampling
  }

  /// Creates a dump from its parts.
  public init(profile: StatsProfile, writer: Writer, warnings: [Warning]) {
    self.profile = profile
    self.writer = writer
    self.warnings = warnings
  }

  /// Reads the bytes of a dump; for many dumps use a ``PstatsReader``.
  ///
  /// Names of Python 2 are bytes; they are taken as UTF-8, and what is none is kept as lone
  /// surrogates. The memory used is bounded by a small multiple of the size of the dump.
  ///
  /// - Throws: ``FormatError`` with the offset; nothing of a bad dump is returned.
  /// - Complexity: O(*n*) in the number of bytes.
  public init(_ bytes: [UInt8]) throws(FormatError) {
    var reader = PstatsReader()
    self = try reader.read(bytes)
  }

  /// The kind of figures that the writer produces.
  public var kind: ProfileKind { writer == .sampling ? .sampled : .traced }

  /// The clock that the writer uses by default.
  public var clock: ProfileClock { writer == .profile ? .cpu : .wall }
}
