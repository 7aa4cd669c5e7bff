// SPDX-License-Identifier: Apache-2.0

import StrataCore

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

/// The texts of a dump, each once.
struct TextTable {
  private(set) var list: [ByteString] = []
  private var numbers: [ByteString: Int32] = [:]

  mutating func number(_ bytes: [UInt8]) -> Int32 {
    let text = ByteString(bytes)
    if let known = numbers[text] { return known }
    let new = Int32(list.count)
    list.append(text)
    numbers[text] = new
    return new
  }
}

/// The functions of a dump, each once, in the order in which they are first named.
struct FunctionTable {
  private struct Key: Hashable {
    var file: Int32
    var name: Int32
    var line: Int
  }

  private(set) var list: [Function] = []
  private var numbers: [Key: Int32] = [:]

  mutating func number(file: Int32, line: Int, name: Int32, texts: TextTable) -> Int32 {
    let key = Key(file: file, name: name, line: line)
    if let known = numbers[key] { return known }
    let new = Int32(list.count)
    list.append(
      Function(file: texts.list[Int(file)], line: line, name: texts.list[Int(name)])
    )
    numbers[key] = new
    return new
  }
}
