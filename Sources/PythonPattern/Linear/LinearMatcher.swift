// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Runs a program over a text, all alternatives side by side.
///
/// At each code point every instruction is visited at most once, so the cost is bounded by the size
/// of the program times the length of the text, and memory by the size of the program. That may
/// still be 20,000 times a million: the matcher gives up after a number of steps, as the other one
/// does. All that is asked is whether there is a match: the order of alternatives does not count,
/// and there are no captures.
struct LinearMatcher {
  private let program: LinearProgram
  /// The instructions that are visited at this code point.
  private var current: SparseSet
  /// Those at which the next code point starts.
  private var following: SparseSet
  /// How many instructions have been visited, which tests compare with the bound.
  private(set) var steps = 0
  /// How many are allowed by now.
  private var limit: Int

  /// Prepares to match in a number of steps, besides 32 for each code point that has been read.
  init(_ program: LinearProgram, steps: Int) {
    self.program = program
    limit = min(steps, BacktrackingMatcher.mostSteps)
    current = SparseSet(capacity: program.instructions.count)
    following = SparseSet(capacity: program.instructions.count)
  }

  /// Whether there is a match anywhere, or from the start to the end; nothing if the matcher has
  /// given up.
  mutating func run(_ bytes: [UInt8], isWhole: Bool) -> Bool? {
    let startsOnce = isWhole || program.isAnchored
    var place = TextPlace(bytes)
    current.removeAll()
    current.insert(0)
    while true {
      let isMatch = step(at: place)
      if isMatch && (!isWhole || place.isAtEnd) { return true }
      guard !place.isAtEnd else { return false }
      guard steps <= limit else { return nil }
      limit += BacktrackingMatcher.stepsPerCodePoint
      place.advance()
      swap(&current, &following)
      following.removeAll()
      if !startsOnce { current.insert(0) }
      guard !current.isEmpty else { return false }
    }
  }

  /// Follows all instructions that are reached at a place; whether the end of the program is one.
  private mutating func step(at place: TextPlace) -> Bool {
    var isMatch = false
    var index = 0
    // The set grows while it is walked through.
    while index < current.count {
      let address = current[index]
      index += 1
      switch program.instructions[address] {
      case .match: isMatch = true
      case .jump(let target): current.insert(target)
      case .split(let first, let second):
        current.insert(first)
        current.insert(second)
      case .assertion(let assertion):
        if place.satisfies(assertion) { current.insert(address + 1) }
      case .codePoint(let value):
        if place.next == value { following.insert(address + 1) }
      case .any:
        if place.next != nil { following.insert(address + 1) }
      case .anyButNewline:
        if let next = place.next, next != 0x0A { following.insert(address + 1) }
      case .set(let number):
        if let next = place.next, program.sets[number].contains(next) {
          following.insert(address + 1)
        }
      }
    }
    steps += index
    return isMatch
  }
}

/// A place between two code points of a text.
struct TextPlace {
  private let bytes: [UInt8]
  /// Where the next code point begins.
  private var offset = 0
  private var nextLength = 0
  private(set) var previous: UInt32?
  private(set) var next: UInt32?

  /// The start of a text.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    decode()
  }

  var isAtEnd: Bool { next == nil }

  /// Steps over the next code point.
  mutating func advance() {
    previous = next
    offset += nextLength
    decode()
  }

  private mutating func decode() {
    guard offset < bytes.count else {
      next = nil
      nextLength = 0
      return
    }
    let (value, length) = CodePointDecoder.decode(bytes, at: offset)
    next = value
    nextLength = length
  }

  /// Whether a condition holds here.
  func satisfies(_ assertion: PatternAssertion) -> Bool {
    assertion.holds(after: previous, before: next, isLast: offset + nextLength == bytes.count)
  }
}

/// A set of small numbers in the order they came, which is emptied at no cost.
///
/// Briggs and Torczon, "An efficient representation for sparse sets", 1993.
struct SparseSet {
  private var members: [Int]
  /// For each number its place among the members, or anything if it is not one.
  private var places: [Int]
  private(set) var count = 0

  init(capacity: Int) {
    members = Array(repeating: 0, count: capacity)
    places = members
  }

  var isEmpty: Bool { count == 0 }

  /// The member that came at a place.
  subscript(index: Int) -> Int { members[index] }

  mutating func insert(_ number: Int) {
    let place = places[number]
    if place < count, members[place] == number { return }
    members[count] = number
    places[number] = count
    count += 1
  }

  mutating func removeAll() {
    count = 0
  }
}
