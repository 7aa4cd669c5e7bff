// SPDX-License-Identifier: Apache-2.0

/// Reads files of any format, one after another.
///
/// ```swift
/// var reader = ProfileReader()
/// for file in files {
///   for decoded in try reader.read(file.bytes, name: file.name) { use(decoded.profile) }
/// }
/// ```
public struct ProfileReader: Sendable {
  /// Every format that Strata reads, in the order in which they are asked.
  public static let formats: [any ProfileFormat.Type] = [
    ProfileJSONFormat.self,
    PstatsFormat.self,
  ]

  /// The format whose error describes a file that no format and no foreign kind recognizes: most
  /// such files are dumps whose first bytes are damaged.
  private static let usual: any ProfileFormat.Type = PstatsFormat.self

  /// How the names of all formats' files end.
  public static let suffixes: [String] = formats.flatMap { $0.suffixes }

  /// The size in bytes above which no format reads a file.
  public static let maximumSize: Int = formats.map { $0.maximumSize }.max() ?? 0

  private let formats: [any ProfileFormat.Type]
  /// The readers that have been needed so far, in the order of `formats`.
  private var readers: [(any ProfileFormat)?]

  /// Creates a reader of some formats.
  public init(formats: [any ProfileFormat.Type] = Self.formats) {
    self.formats = formats
    readers = formats.map { _ in nil }
  }

  /// Reads the profiles of a file.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - name: The last part of its path, which some formats are recognized by.
  /// - Returns: The profiles, in the order of the file.
  /// - Throws: ``FormatError`` with the offset, or with the name of the foreign format.
  /// - Complexity: O(*n*) in the number of bytes.
  public mutating func read(
    _ bytes: [UInt8],
    name: String = ""
  ) throws(FormatError) -> [DecodedProfile] {
    let head = FileHead(name: name, of: bytes)
    guard let index = formats.firstIndex(where: { $0.recognizes(head) }) else {
      throw refusal(of: bytes, head)
    }
    let format = formats[index]
    guard bytes.count <= format.maximumSize else {
      throw FormatError(
        format: format.name,
        .tooLarge,
        at: format.maximumSize,
        expected: "a \(format.name) of at most \(format.maximumSize >> 20) MiB",
        found: "\(bytes.count) bytes"
      )
    }
    var reader = readers[index] ?? format.init()
    // Taken out while it works: two owners of its memory would make it copy.
    readers[index] = nil
    defer { readers[index] = reader }
    return try reader.read(bytes)
  }

  /// Why a file of unknown format is refused.
  private func refusal(of bytes: [UInt8], _ head: FileHead) -> FormatError {
    if let foreign = ForeignFormat(head) { return foreign.error }
    var reader = Self.usual.init()
    do { _ = try reader.read(bytes) } catch { return error }
    return FormatError(
      format: Self.usual.name,
      .notAProfile,
      at: 0,
      expected: "a \(Self.usual.name)",
      found: "a file of unknown format"
    )
  }
}
