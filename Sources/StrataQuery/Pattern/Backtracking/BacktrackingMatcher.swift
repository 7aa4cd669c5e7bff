// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Runs a program over a text as CPython's `sre` does: one way after the other, in its order.
///
/// What is left to be tried lies on a stack of its own, so that no text makes calls nest. The
/// number of ways may grow exponentially, so the matcher gives up after a number of steps.
struct BacktrackingMatcher {
  /// How many steps may be taken for each code point, so that a long text alone is no reason to
  /// give up.
  static let stepsPerCodePoint = 32
  /// How many steps may be allowed: iterations are no more than half of them, and have 32 bits.
  static let mostSteps = 1 << 30
  /// How long a text may be.
  static let maximumLength = 1 << 30

  let program: BacktrackingProgram
  let text: [UInt32]
  private let isWhole: Bool

  var position = 0
  /// How far a run may go that is tried once more.
  var limit = 0
  /// Where captures start and end, or -1.
  var marks: [Int32]
  /// How many marks may be set; what ``marks`` holds behind means nothing.
  var markCount = 0
  var registers: [Int32]
  var stacks = BacktrackingStacks()
  /// How many steps are left: an instruction is one, and so is each code point that a run or a
  /// backreference takes.
  var steps: Int
  /// How much may lie on the stacks: of 20 million steps, 4 million entries of up to 24 bytes.
  let maximumDepth: Int

  /// Prepares to match anywhere in a text, or the whole of it, in a number of steps beside those
  /// for its length.
  init(
    _ program: BacktrackingProgram,
    text bytes: [UInt8],
    isWhole: Bool,
    steps: Int
  ) {
    self.program = program
    self.isWhole = isWhole
    text = CodePointDecoder.codePoints(of: bytes)
    marks = Array(repeating: -1, count: 2 * program.groupCount)
    registers = Array(repeating: 0, count: program.registerCount)
    let base = min(steps, Self.mostSteps)
    self.steps = base + min(Self.stepsPerCodePoint * text.count, Self.mostSteps)
    maximumDepth = base / 5
  }

  /// Whether there is a match, or nothing if the matcher has given up.
  mutating func run() -> Bool? {
    guard text.count <= Self.maximumLength else { return nil }
    let lastStart = text.count - program.minimumWidth
    guard lastStart >= 0 else { return false }
    for start in 0...(isWhole || program.isAnchored ? 0 : lastStart) {
      if run(from: start) { return true }
      guard steps > 0 else { return nil }
    }
    return false
  }

  private mutating func run(from start: Int) -> Bool {
    position = start
    markCount = 0
    stacks.removeAll()
    var address = 0
    while steps > 0 {
      steps -= 1
      if case .match = program.instructions[address], !isWhole || position == text.count {
        return true
      }
      guard let next = execute(address) ?? nextChoice() else { return false }
      address = next
    }
    return false
  }

  /// Goes back to the last choice; none if there is no other.
  private mutating func nextChoice() -> Int? {
    guard let choice = stacks.pop(restoring: &registers, &marks) else { return nil }
    position = choice.position
    limit = choice.limit
    markCount = choice.markCount
    return choice.address
  }
}

extension BacktrackingMatcher {
  /// Notes where to go on from here if all that comes next fails.
  mutating func addChoice(_ address: Int, limit: Int = 0, savesMarks: Bool) {
    let choice = BacktrackingStacks.Choice(
      address: address,
      position: position,
      limit: limit,
      markCount: markCount
    )
    stacks.push(choice)
    if savesMarks {
      stacks.save(marks, count: markCount)
      steps -= markCount
    }
    checkDepth()
  }

  private mutating func checkDepth() {
    if stacks.depth > maximumDepth { steps = 0 }
  }

  func register(_ register: Int) -> Int { Int(registers[register]) }

  mutating func setRegister(_ register: Int, to value: Int) {
    stacks.noteChange(of: register, from: registers[register])
    registers[register] = Int32(value)
    checkDepth()
  }

  /// Notes the place as the start or end of a capture.
  mutating func setMark(_ mark: Int) {
    while markCount <= mark {
      marks[markCount] = -1
      markCount += 1
    }
    marks[mark] = Int32(position)
  }

  /// What a group has captured, if it took part in the match.
  ///
  /// A group that is open again has the end that it had before, and counts if its new start is not
  /// behind that.
  func capture(of group: Int) -> Range<Int>? {
    let mark = 2 * group - 2
    guard mark + 1 < markCount, marks[mark] >= 0, marks[mark + 1] >= marks[mark] else {
      return nil
    }
    return Int(marks[mark])..<Int(marks[mark + 1])
  }
}
