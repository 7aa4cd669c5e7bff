// SPDX-License-Identifier: Apache-2.0

/// What a ``BacktrackingMatcher`` has to go back to, and what it must undo then.
struct BacktrackingStacks {
  /// A place to continue from if all that came since has failed.
  struct Choice {
    /// The instruction to continue with.
    var address: Int
    var position: Int
    /// How far the position may still move, where the instruction is a run.
    var limit: Int
    /// How many marks were set.
    var markCount: Int
  }

  private struct Entry {
    var address: Int32
    var position: Int32
    var limit: Int32
    var markCount: Int32
    /// How high the other stacks were.
    var changes: Int32
    var savedMarks: Int32
  }

  private var entries: [Entry] = []
  /// Registers that have changed and what they held before, to be undone in reverse.
  private var changes: [(register: Int32, value: Int32)] = []
  private var savedMarks: [Int32] = []

  /// How many choices there are.
  var choiceCount: Int { entries.count }
  /// How much is on the stacks.
  var depth: Int { entries.count + changes.count + savedMarks.count }

  /// Forgets everything.
  mutating func removeAll() {
    forgetChoices(from: 0)
    if !changes.isEmpty { changes.removeAll(keepingCapacity: true) }
  }

  /// Adds a choice.
  mutating func push(_ choice: Choice) {
    if entries.capacity == 0 { entries.reserveCapacity(16) }
    entries.append(
      Entry(
        address: Int32(choice.address),
        position: Int32(choice.position),
        limit: Int32(choice.limit),
        markCount: Int32(choice.markCount),
        changes: Int32(changes.count),
        savedMarks: Int32(savedMarks.count)
      )
    )
  }

  /// Saves the marks of the choice that was added last: they come back when it is tried.
  mutating func save(_ marks: [Int32], count: Int) {
    savedMarks += marks[..<count]
  }

  /// Takes the last choice away, and brings registers and saved marks back to what they were.
  mutating func pop(restoring registers: inout [Int32], _ marks: inout [Int32]) -> Choice? {
    guard let entry = entries.popLast() else { return nil }
    while changes.count > Int(entry.changes) {
      let change = changes.removeLast()
      registers[Int(change.register)] = change.value
    }
    let base = Int(entry.savedMarks)
    for index in base..<savedMarks.count { marks[index - base] = savedMarks[index] }
    savedMarks.removeLast(savedMarks.count - base)
    return Choice(
      address: Int(entry.address),
      position: Int(entry.position),
      limit: Int(entry.limit),
      markCount: Int(entry.markCount)
    )
  }

  /// Takes choices away without trying them; what registers held before stays known.
  mutating func forgetChoices(from count: Int) {
    guard count < entries.count else { return }
    savedMarks.removeLast(savedMarks.count - Int(entries[count].savedMarks))
    entries.removeLast(entries.count - count)
  }

  /// Notes what a register holds, before it changes.
  mutating func noteChange(of register: Int, from value: Int32) {
    // Without choices there is nothing to go back to.
    guard !entries.isEmpty else { return }
    changes.append((Int32(register), value))
  }
}
