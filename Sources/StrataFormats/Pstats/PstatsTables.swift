// SPDX-License-Identifier: Apache-2.0

/// How many objects a usual dump of some bytes holds; 9 of 10 of the dumps measured hold no more.
///
/// Since a file may be much longer than the dump in it, no more than 16 MiB of it count.
struct DumpDensity {
  let functions: Int
  let edges: Int
  let references: Int

  init(_ size: Int) {
    let size = min(size, PstatsReader.maximumKeptSize)
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
  /// How many bytes of the dump had been read when a container was last read again.
  private(set) var read = 0

  var count: Int { entries.count }

  /// The object with a number; nil where there is none.
  @inline(__always)
  subscript(index: Int32) -> Entry? {
    UInt32(bitPattern: index) < entries.count ? entries[Int(index)] : nil
  }

  /// Forgets all objects, and makes room for some.
  mutating func reset(capacity: Int) {
    entries.removeAll(keepingCapacity: true)
    entries.reserveCapacity(capacity)
    interned = []
    replays = 0
    read = 0
  }

  /// Notes that a container is read again, because of a reference that ends at an offset.
  mutating func beginReplay(before offset: Int) {
    replays += 1
    // A reference in a container that is itself being read again ends further up front.
    read = max(read, offset)
  }

  /// Numbers an object without parts.
  @inline(__always)
  mutating func append(_ entry: Entry, if isFlagged: Bool) {
    if isFlagged, replays == 0 { entries.append(entry) }
  }

  /// Forgets the last objects, which nothing refers to yet.
  mutating func removeLast(_ count: Int) {
    entries.removeLast(count)
  }

  /// Numbers an object with parts, before its parts.
  @inline(__always)
  mutating func reserve(if isFlagged: Bool) -> Int? {
    guard isFlagged, replays == 0 else { return nil }
    entries.append(.unfinished)
    return entries.count - 1
  }

  /// Says what a numbered object was, after its parts.
  @inline(__always)
  mutating func fill(_ slot: Int?, _ entry: Entry) {
    if let slot { entries[slot] = entry }
  }
}
