// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// How many objects a usual dump of some bytes holds; 9 of 10 of the dumps measured hold no more.
struct DumpDensity {
  let functions: Int
  let edges: Int
  let references: Int

  init(_ size: Int) {
    functions = size / 120
    edges = size / 60
    references = size / 72
  }
}

/// The flagged objects of a dump, in the order in which they begin.
struct MarshalReferences {
  /// An object that a reference can name.
  enum Entry {
    /// A container whose end has not been read yet.
    case unfinished
    /// The number of a text.
    case text(Int32)
    /// The number of a function.
    case function(Int32)
    /// A whole number of 64 bits.
    case integer(Int64)
    /// A float.
    case float(Double)
    /// The offset of a container or a large whole number, which is read again where it is named.
    case container(Int)

    /// What the object is, for messages.
    var name: String {
      switch self {
      case .unfinished: "an unfinished object"
      case .text: "a string"
      case .function: "a tuple"
      case .integer: "an int"
      case .float: "a float"
      case .container: "a container"
      }
    }
  }

  private var entries: [Entry] = []
  /// The interned strings of Python 2, which it numbers apart.
  var interned: [Int32] = []
  /// How many containers are being read again: their objects have their numbers already.
  var replays = 0

  var count: Int { entries.count }

  /// The object with a number; nil where there is none.
  @inline(__always)
  subscript(index: Int32) -> Entry? {
    entries.indices.contains(Int(index)) ? entries[Int(index)] : nil
  }

  mutating func reserveCapacity(_ capacity: Int) {
    entries.reserveCapacity(capacity)
  }

  /// Numbers an object without parts.
  @inline(__always)
  mutating func append(_ entry: Entry, if isFlagged: Bool) {
    if isFlagged, replays == 0 { entries.append(entry) }
  }

  /// Numbers an object with parts, before its parts.
  mutating func reserve(if isFlagged: Bool) -> Int? {
    guard isFlagged, replays == 0 else { return nil }
    entries.append(.unfinished)
    return entries.count - 1
  }

  /// Says what a numbered object was, after its parts.
  mutating func fill(_ slot: Int?, _ entry: Entry) {
    if let slot { entries[slot] = entry }
  }
}

/// The texts of one dump or of several, each once.
struct TextTable {
  private(set) var list: [ByteString] = []
  /// The bytes of all texts together.
  private(set) var byteCount = 0
  private var numbers: NumberTable
  private let hash = SeededHash()

  /// Creates a table with room for some texts.
  init(capacity: Int) {
    numbers = NumberTable(capacity: capacity)
    list.reserveCapacity(capacity)
  }

  /// The number of the text in a range of bytes.
  mutating func number(_ bytes: [UInt8], _ range: Range<Int>) -> Int32 {
    let (number, isNew) = numbers.number(hash: hash(bytes, range)) {
      bytes.equals(range, list[Int($0)].bytes)
    }
    if isNew {
      list.append(ByteString(Array(bytes[range])))
      byteCount += range.count
    }
    return number
  }
}

/// The functions of a dump, each once, in the order in which they are first named.
struct FunctionTable {
  private struct Key: Equatable {
    var file: Int32
    var name: Int32
    var line: Int
  }

  private var keys: [Key] = []
  private var numbers: NumberTable
  private let hash = SeededHash()

  /// Creates a table with room for some functions.
  init(capacity: Int) {
    numbers = NumberTable(capacity: capacity)
    keys.reserveCapacity(capacity)
  }

  /// The number of a function, given its line and the numbers of its texts.
  mutating func number(file: Int32, line: Int, name: Int32) -> Int32 {
    let key = Key(file: file, name: name, line: line)
    let texts = UInt64(UInt32(bitPattern: file)) << 32 | UInt64(UInt32(bitPattern: name))
    let (number, isNew) = numbers.number(hash: hash(texts, UInt64(bitPattern: Int64(line)))) {
      keys[Int($0)] == key
    }
    if isNew { keys.append(key) }
    return number
  }

  /// The functions with the texts that their numbers mean.
  func list(_ texts: TextTable) -> [Function] {
    keys.map { key in
      Function(file: texts.list[Int(key.file)], line: key.line, name: texts.list[Int(key.name)])
    }
  }
}
