// SPDX-License-Identifier: Apache-2.0

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
