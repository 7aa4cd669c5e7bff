// SPDX-License-Identifier: Apache-2.0

/// The texts and functions of a dump while it is read; each function once, in the order in which
/// they are first named.
///
/// Texts are numbered as they come, equal ones too: a dump repeats few, and functions are compared
/// by what their texts hold. So a function costs one search, and its texts none.
struct DumpInterner: Sendable {
  private struct Text {
    let range: TextRange
    let hash: UInt64
  }

  private var bytes: [UInt8] = []
  private var texts: [Text] = []
  private var entries: [FunctionTable.Entry] = []
  private var hashes: [UInt64] = []
  /// How many more bytes of long texts functions may name; comparing and printing them takes long.
  ///
  /// Every text may be named once, and every function may have a path of the maximum length.
  private var longTextsLeft = 0
  private static let freeLongTexts = 16 << 20
  private static let longTextsPerFunction = 4_096 + 256
  private var numbers = HashIndex(capacity: 0)
  private let hash = SeededHash()

  /// Creates a table without functions.
  init() {}

  /// Forgets everything but its memory, and makes room for some functions named in `bytes`.
  mutating func reset(_ bytes: [UInt8], capacity: Int) {
    self.bytes = bytes
    texts.removeAll(keepingCapacity: true)
    texts.reserveCapacity(2 * capacity)
    entries.removeAll(keepingCapacity: true)
    hashes.removeAll(keepingCapacity: true)
    longTextsLeft = Self.freeLongTexts
    entries.reserveCapacity(capacity)
    hashes.reserveCapacity(capacity)
    numbers.reset(capacity: capacity)
  }

  /// The functions so far, and no more of them here.
  mutating func takeList() -> FunctionTable {
    defer { (bytes, entries, hashes) = ([], [], []) }
    return FunctionTable(bytes: bytes, entries: entries, hashes: hashes)
  }

  /// Numbers the text in a range of the bytes.
  mutating func addText(_ range: Range<Int>) -> Int32 {
    longTextsLeft += range.count
    texts.append(Text(range: TextRange(range), hash: hash(bytes, range)))
    return Int32(texts.count - 1)
  }

  /// Numbers the text in a range of the bytes if it is ASCII; else returns nil.
  @inline(__always)
  mutating func addASCII(_ range: Range<Int>) -> Int32? {
    let (hash, isASCII) = hash.withASCII(bytes, range)
    guard isASCII else { return nil }
    longTextsLeft += range.count
    texts.append(Text(range: TextRange(range), hash: hash))
    return Int32(texts.count - 1)
  }

  /// Numbers a text that is not in the bytes in this form.
  mutating func addText(_ text: [UInt8]) -> Int32 {
    bytes += text
    return addText(bytes.count - text.count..<bytes.count)
  }

  /// The bytes of a text.
  func text(_ number: Int32) -> ArraySlice<UInt8> {
    bytes[texts[Int(number)].range.range]
  }

  /// The number of a function, given its line and the numbers of its texts; nil where the limit on
  /// long texts is passed.
  @inline(__always)
  mutating func number(file: Int32, line: Int, name: Int32) -> Int32? {
    let (file, name) = (texts[Int(file)], texts[Int(name)])
    let length = file.range.count + name.range.count
    if length > 512 {
      longTextsLeft += Self.longTextsPerFunction - length
      if longTextsLeft < 0 { return nil }
    }
    let entry = FunctionTable.Entry(file: file.range, name: name.range, line: line)
    let hash = hash(file: file.hash, line: line, name: name.hash)
    let (number, isNew) = numbers.number(hash: hash) {
      entries[Int($0)] == entry || entries[Int($0)].equals(bytes, entry, bytes)
    }
    if isNew {
      entries.append(entry)
      hashes.append(hash)
    }
    return number
  }
}
