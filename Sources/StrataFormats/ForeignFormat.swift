// SPDX-License-Identifier: Apache-2.0

/// A kind of file that people take for a profile that Strata reads: known by name, so that the error
/// says what the file is, and what to do instead.
struct ForeignFormat {
  /// What the file is, with an article.
  let name: String
  /// How to get a file that Strata reads; nil where there is no such way.
  let advice: String?

  /// Recognizes a file; nil for one of no known kind.
  init?(_ head: FileHead) {
    guard let kind = Self.kinds.first(where: { $0.recognizes(head) }) else { return nil }
    (name, advice) = (kind.name, kind.advice)
  }

  /// The error that refuses the file.
  var error: FormatError {
    FormatError(
      format: name,
      .foreign,
      at: 0,
      expected: "a pstats dump, or JSON of 'strata report'",
      found: name + (advice.map { "; \($0)" } ?? "")
    )
  }

  // MARK: - The kinds

  private struct Kind: Sendable {
    let name: String
    var advice: String?
    let recognizes: @Sendable (FileHead) -> Bool
  }

  private static let dumpInstead = "write a dump with cProfile: python -m cProfile -o FILE"
  private static let decompress = "decompress it first"

  /// More specific kinds come first.
  private static let kinds: [Kind] =
    [Kind(name: "an empty file") { $0.bytes.isEmpty }] + binaryKinds + markupKinds + jsonKinds
    + textKinds

  /// A kind whose files begin with the same bytes.
  private static func magic(_ bytes: [UInt8], _ name: String, _ advice: String? = nil) -> Kind {
    Kind(name: name, advice: advice) { $0.starts(with: bytes) }
  }

  private static func magic(_ text: String, _ name: String, _ advice: String? = nil) -> Kind {
    magic(Array(text.utf8), name, advice)
  }

  private static let binaryKinds: [Kind] = [
    Kind(name: "a gzip-compressed pprof profile") {
      $0.starts(with: [0x1f, 0x8b]) && ($0.name.hasSuffix(".pb.gz") || $0.name.contains("pprof"))
    },
    magic([0x1f, 0x8b], "a gzip file", decompress),
    magic("PK\u{3}\u{4}", "a zip archive", "extract it first"),
    magic("PK\u{5}\u{6}", "a zip archive without files"),
    magic([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "an xz file", decompress),
    magic("BZh", "a bzip2 file", decompress),
    magic([0x28, 0xb5, 0x2f, 0xfd], "a Zstandard file", decompress),
    Kind(name: "a tar archive", advice: "extract it first") {
      $0.bytes.dropFirst(257).starts(with: "ustar".utf8)
    },
    magic([0x7f, 0x45, 0x4c, 0x46], "an executable (ELF)"),
    magic([0xcf, 0xfa, 0xed, 0xfe], "an executable (Mach-O)"),
    magic([0xca, 0xfe, 0xba, 0xbe], "an executable (Mach-O)"),
    magic("MZ", "an executable (Windows)"),
    magic("PERFILE2", "perf.data, a recording of Linux perf"),
    magic("2ELIFREP", "perf.data, a recording of Linux perf"),
    magic("memray\0", "a recording of memray"),
    magic("FLR\0", "a recording of Java Flight Recorder"),
    Kind(name: "a Strata store", advice: "open it as a store") {
      $0.starts(with: "SQLite format 3\0".utf8)
        && $0.bytes.dropFirst(68).starts(with: [0x53, 0x54, 0x52, 0x41])
    },
    magic("SQLite format 3\0", "an SQLite database"),
    magic([0x89, 0x50, 0x4e, 0x47], "a PNG image"),
    magic("%PDF-", "a PDF document"),
    Kind(name: "results of line_profiler, a pickle", advice: dumpInstead) {
      isPickle($0) && $0.name.hasSuffix(".lprof")
    },
    Kind(name: "a pickle, such as line_profiler writes", advice: dumpInstead, recognizes: isPickle),
    Kind(name: "a pprof profile", recognizes: isPprof),
  ]

  private static let markupKinds: [Kind] = [
    Kind(name: "an SVG image", advice: dumpInstead) { head in
      let text = head.text
      return text.hasPrefix("<svg") || (text.hasPrefix("<?xml") && text.contains("<svg"))
        || (text.hasPrefix("<!DOCTYPE svg"))
    },
    Kind(name: "an HTML page", advice: dumpInstead) { head in
      let start = head.text.prefix(200).lowercased()
      return start.hasPrefix("<!doctype html") || start.hasPrefix("<html")
        || (start.hasPrefix("<!--") && head.text.lowercased().contains("<html"))
    },
    Kind(name: "an XML document") { $0.text.hasPrefix("<?xml") },
  ]

  private static let jsonKinds: [Kind] = [
    json("speedscope.app/file-format-schema", "a speedscope profile"),
    json("\"activeProfileIndex\"", "a speedscope profile"),
    json("\"traceEvents\"", "a Chrome trace"),
    json("\"root_frame\"", "a JSON profile of pyinstrument", dumpForPyinstrument),
    json("\"target_description\"", "a JSON profile of pyinstrument", dumpForPyinstrument),
    json("\"nodes\":[{\"id\"", "a CPU profile of V8"),
    Kind(name: "a Chrome trace") { $0.text.hasPrefix("[") && $0.text.contains("\"ph\"") },
    json(
      "\"schema\":\"strata/",
      "a result of Strata, which is not a profile",
      "only the schema strata/profile/1 is read"
    ),
    Kind(
      name: "an index of dumps",
      advice: "pass the folder, or name the file index.jsonl"
    ) {
      $0.text.hasPrefix("{") && $0.text.contains("\"timestamp\"") && $0.text.contains("\"file\"")
    },
    Kind(name: "a JSON document") {
      $0.text.hasPrefix("{\"") || isArray($0.text) || isSpacedObject($0.text)
    },
  ]

  private static let dumpForPyinstrument = "write a dump: pyinstrument -r pstats -o FILE"

  private static func json(_ mark: String, _ name: String, _ advice: String? = nil) -> Kind {
    Kind(name: name, advice: advice) { head in
      let text = head.text
      guard text.hasPrefix("{") else { return false }
      return text.contains(mark) || text.filter { !$0.isWhitespace }.contains(mark)
    }
  }

  private static let textKinds: [Kind] = [
    Kind(name: "a profile of callgrind", advice: dumpInstead, recognizes: isCallgrind),
    Kind(
      name: "the output of python -X importtime",
      advice: "profile the imports with cProfile: python -m cProfile -o FILE -c 'import …'"
    ) { $0.text.hasPrefix("import time:") },
    Kind(
      name: "a text report of pstats",
      advice: "keep the dump it was printed from: python -m cProfile -o FILE"
    ) { $0.text.contains(" function calls") && $0.text.contains(" seconds") },
    Kind(name: "collapsed stacks", recognizes: isCollapsed),
    magic("#!", "a script", dumpInstead),
  ]

  // MARK: - What identifies them

  /// A pickle of protocol 2 or newer begins with its number, and one of protocol 4 with a frame.
  private static func isPickle(_ head: FileHead) -> Bool {
    let bytes = head.bytes
    return bytes.count > 2 && bytes[0] == 0x80 && (2...5).contains(bytes[1])
  }

  /// An uncompressed profile is a protocol buffer that begins with its first sample type: field 1,
  /// whose own first field is a number.
  private static func isPprof(_ head: FileHead) -> Bool {
    let bytes = head.bytes
    return bytes.count > 3 && bytes[0] == 0x0a && (2...8).contains(bytes[1]) && bytes[2] == 0x08
  }

  private static func isCallgrind(_ head: FileHead) -> Bool {
    let text = head.text
    if text.hasPrefix("# callgrind format") { return true }
    let lines = text.split(separator: "\n", maxSplits: 20)
    let starts = ["events:", "event:", "creator:", "cmd:", "positions:", "fl=", "fn="]
    return lines.count { line in starts.contains { line.hasPrefix($0) } } >= 2
  }

  /// Each whole line names frames, parted by semicolons, and ends with a number.
  private static func isCollapsed(_ head: FileHead) -> Bool {
    var lines = head.text.split(separator: "\n")
    // The last line may be cut.
    if head.bytes.count == FileHead.maximumSize { lines = lines.dropLast() }
    guard !lines.isEmpty, lines.contains(where: { $0.contains(";") }) else { return false }
    return lines.allSatisfy { line in
      guard let space = line.lastIndex(of: " "), space > line.startIndex else { return false }
      let number = line[line.index(after: space)...].trimmingSuffix { $0.isWhitespace }
      return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
    }
  }

  /// An array by its second character: a marshalled list, too, begins with a bracket.
  private static func isArray(_ text: Substring) -> Bool {
    guard text.hasPrefix("["), let next = text.dropFirst().first else { return false }
    return next.isWhitespace || "{[\"]-0123456789tfn".contains(next)
  }

  /// An object that begins with white space or ends at once.
  private static func isSpacedObject(_ text: Substring) -> Bool {
    guard text.hasPrefix("{") else { return false }
    let rest = text.dropFirst().drop { $0.isWhitespace }
    return rest.hasPrefix("\"") || rest.hasPrefix("}")
  }
}

extension Substring {
  fileprivate func trimmingSuffix(while matches: (Character) -> Bool) -> Substring {
    var text = self
    while let last = text.last, matches(last) { text.removeLast() }
    return text
  }
}
