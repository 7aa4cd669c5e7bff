// SPDX-License-Identifier: Apache-2.0

/// Many functions, their texts side by side in one array of bytes.
///
/// A profile names a thousand functions. As values of their own they would be two thousand arrays,
/// each allocated, counted and freed; here they are two. The bytes may hold more than the texts: a
/// profile that was read has those of its dump, which contain the texts anyway.
package struct FunctionTable: Sendable {
  /// A function: its line, and where its texts are.
  package struct Entry: Hashable, Sendable {
    package let file: TextRange
    package let name: TextRange
    package let line: Int

    package init(file: TextRange, name: TextRange, line: Int) {
      self.file = file
      self.name = name
      self.line = line
    }

    /// Whether an entry of other bytes means the same function.
    func equals(_ bytes: [UInt8], _ other: Entry, _ otherBytes: [UInt8]) -> Bool {
      line == other.line && bytes.equals(name.range, otherBytes, other.name.range)
        && bytes.equals(file.range, otherBytes, other.file.range)
    }

    /// Whether an entry means a function.
    func equals(_ bytes: [UInt8], _ function: Function) -> Bool {
      let (file, name) = (function.file.bytes, function.name.bytes)
      return line == function.line && bytes.equals(self.name.range, name, name.indices)
        && bytes.equals(self.file.range, file, file.indices)
    }
  }

  /// The bytes that contain the texts.
  package let bytes: [UInt8]
  /// The functions in their order.
  package internal(set) var entries: [Entry]
  /// The ``SeededHash`` of each function where it is known already, else nothing.
  var hashes: [UInt64]

  /// Creates a list of functions whose texts are in `bytes`.
  package init(bytes: [UInt8], entries: [Entry]) {
    self.init(bytes: bytes, entries: entries, hashes: [])
  }

  /// Creates a list of functions whose hashes their reader has computed.
  init(bytes: [UInt8], entries: [Entry], hashes: [UInt64]) {
    self.bytes = bytes
    self.entries = entries
    self.hashes = hashes
  }

  /// Creates a list of functions; texts that several have in common are kept once.
  package init(_ functions: some Collection<Function>) {
    var texts = TextInterner(capacity: functions.count)
    let entries = functions.map { texts.entry(of: $0) }
    self.init(bytes: texts.bytes, entries: entries)
  }

  /// Creates a list of some functions of another one, whose bytes it shares.
  package init(_ list: FunctionTable, at places: [Int]) {
    self.init(bytes: list.bytes, entries: places.map { list.entries[$0] })
  }

  /// All functions; those whose texts are in the same place share them.
  ///
  /// One by one they have texts of their own, and a dump can name one long text again and again.
  ///
  /// - Complexity: O(*n*) in the functions and the texts.
  package var functions: [Function] {
    var texts: [TextRange: ByteString] = [:]
    func text(_ place: TextRange) -> ByteString {
      if place.count < Self.longText { return ByteString(Array(bytes[place.range])) }
      if let known = texts[place] { return known }
      let text = ByteString(Array(bytes[place.range]))
      texts[place] = text
      return text
    }
    return entries.map { entry in
      Function(file: text(entry.file), line: entry.line, name: text(entry.name))
    }
  }

  /// The same functions, with no bytes but their texts.
  ///
  /// - Complexity: O(*n*) in the functions and the texts.
  package var compact: FunctionTable {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(sizeOfTexts)
    var places: [TextRange: TextRange] = [:]
    func place(_ text: TextRange) -> TextRange {
      if text.count >= Self.longText, let known = places[text] { return known }
      let start = bytes.count
      bytes += self.bytes[text.range]
      let place = TextRange(start..<bytes.count)
      if text.count >= Self.longText { places[text] = place }
      return place
    }
    let entries = entries.map { entry in
      Entry(file: place(entry.file), name: place(entry.name), line: entry.line)
    }
    return FunctionTable(bytes: bytes, entries: entries, hashes: hashes)
  }

  /// The shortest length for which texts in the same place are kept once.
  ///
  /// A dump can name one again and again. Most are shorter, and named once.
  private static let longText = 32

  private var sizeOfTexts: Int {
    var known: Set<TextRange> = []
    return entries.reduce(0) { size, entry in
      [entry.file, entry.name].reduce(size) { size, text in
        text.count < Self.longText || known.insert(text).inserted ? size + text.count : size
      }
    }
  }

  /// The place of a function; nil where it is not in the list.
  ///
  /// - Complexity: O(*n*), in steps much shorter than those of `firstIndex(of:)`.
  package func index(of function: Function) -> Int? {
    entries.firstIndex { $0.equals(bytes, function) }
  }

  /// Appends a function as pstats prints it.
  package func appendStandardName(of index: Int, to text: inout [UInt8]) {
    let entry = entries[index]
    Function.appendStandardName(
      file: bytes[entry.file.range],
      line: entry.line,
      name: bytes[entry.name.range],
      to: &text
    )
  }

  /// Whether the name of a function seems to hold an address.
  func namesAddress(_ index: Int) -> Bool {
    Function.namesAddress(bytes[entries[index].name.range])
  }
}

extension FunctionTable: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { entries.count }

  /// The function at a position, with texts of its own.
  package subscript(position: Int) -> Function {
    let entry = entries[position]
    return Function(
      file: ByteString(Array(bytes[entry.file.range])),
      line: entry.line,
      name: ByteString(Array(bytes[entry.name.range]))
    )
  }
}

extension FunctionTable: ExpressibleByArrayLiteral {
  package init(arrayLiteral elements: Function...) {
    self.init(elements)
  }
}

extension TextInterner {
  /// A function whose texts are in the table, or come into it.
  mutating func entry(of function: Function) -> FunctionTable.Entry {
    FunctionTable.Entry(
      file: place(of: function.file.bytes, function.file.bytes.indices),
      name: place(of: function.name.bytes, function.name.bytes.indices),
      line: function.line
    )
  }

  /// A function of a list whose texts are in the table, or come into it.
  mutating func entry(of entry: FunctionTable.Entry, in bytes: [UInt8]) -> FunctionTable.Entry {
    FunctionTable.Entry(
      file: place(of: bytes, entry.file.range),
      name: place(of: bytes, entry.name.range),
      line: entry.line
    )
  }
}
