// SPDX-License-Identifier: Apache-2.0

/// Reads dump after dump in the same memory.
///
/// ```swift
/// var reader = PstatsReader()
/// let dumps = try files.map { try reader.read($0) }
/// ```
///
/// A profile keeps the bytes of its dump, which hold its texts.
public struct PstatsReader: Sendable {
  /// The largest dump: texts that are turned into UTF-8 follow its bytes, at most three for each
  /// byte that was read, or read again, and places are kept in 32 bits.
  static let maximumSize = 1 << 29

  /// The largest dump after which its memory is kept for the next.
  static let maximumKeptSize = 16 << 20

  private var parser = PstatsParser()

  /// Creates a reader.
  public init() {}

  /// Reads the bytes of a dump.
  ///
  /// - Throws: ``FormatError`` with the offset; nothing of a bad dump is returned.
  /// - Complexity: O(*n*) in the number of bytes.
  public mutating func read(_ bytes: [UInt8]) throws(FormatError) -> PstatsDump {
    guard bytes.count <= Self.maximumSize else {
      throw FormatError(
        pstats: .tooLarge,
        at: Self.maximumSize,
        expected: "a dump of at most 512 MiB",
        found: "\(bytes.count) bytes"
      )
    }
    defer { if bytes.count > Self.maximumKeptSize { parser = PstatsParser() } }
    do {
      return try parser.dump(bytes, as: .python3)
    } catch let error {
      guard let dump = try python2(bytes, instead: error) else { throw error }
      return dump
    }
  }

  /// Reads a dump of Python 2 after Python 3's rules failed.
  ///
  /// Where neither fits, the error of the rules that came further says most.
  private mutating func python2(
    _ bytes: [UInt8],
    instead error: FormatError
  ) throws(FormatError) -> PstatsDump? {
    do {
      return try parser.dump(bytes, as: .python2)
    } catch let second {
      if (second.offset ?? 0) > (error.offset ?? 0) { throw second }
      return nil
    }
  }
}
