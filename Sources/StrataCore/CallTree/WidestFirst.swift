// SPDX-License-Identifier: Apache-2.0

/// A queue that gives back the number with the largest time first, of equal times the smallest
/// number: a binary heap.
struct WidestFirst {
  private struct Entry {
    var time: Nanoseconds
    var number: Int

    func comes(before other: Entry) -> Bool {
      time != other.time ? time > other.time : number < other.number
    }
  }

  private var entries: [Entry] = []

  /// Adds a number.
  mutating func insert(_ number: Int, time: Nanoseconds) {
    entries.append(Entry(time: time, number: number))
    var index = entries.count - 1
    while index > 0, entries[index].comes(before: entries[(index - 1) / 2]) {
      entries.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  /// Removes the first number; nil where there is none.
  mutating func removeFirst() -> Int? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      sink()
    }
    return first.number
  }

  private mutating func sink() {
    var index = 0
    while true {
      var first = index
      for child in [2 * index + 1, 2 * index + 2] where child < entries.count {
        if entries[child].comes(before: entries[first]) { first = child }
      }
      if first == index { return }
      entries.swapAt(index, first)
      index = first
    }
  }
}
