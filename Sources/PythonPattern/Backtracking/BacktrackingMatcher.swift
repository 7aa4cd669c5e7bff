// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Runs a program over a text as CPython's `sre` does: one way after the other, in its order.
///
/// What remains to be tried is on a stack of its own, so that no text makes calls nest. The
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
  /// How far a run may go that is tried again.
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
  /// How much may be on the stacks: of 20 million steps, 4 million entries of up to 24 bytes.
  let maximumDepth: Int

  /// Prepares to match anywhere in a text, or the whole of it, in a number of steps besides those
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
    // No match begins where fewer code points are left than the least that it takes.
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
  /// Notes where to continue if all that comes next fails.
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
      // Copying marks is work, too: with many groups, a step would else take far longer.
      steps -= markCount
    }
    checkDepth()
  }

  private mutating func checkDepth() {
    // As if the steps were used up: one test in the loop will do for both limits.
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

// MARK: - Instructions

extension BacktrackingMatcher {
  /// Runs one instruction, and gives the address of the next; none if it fails.
  @inline(__always)
  mutating func execute(_ address: Int) -> Int? {
    let instruction = program.instructions[address]
    switch instruction {
    case .codePoint, .set, .any, .anyButNewline:
      guard position < text.count, accepts(text[position], instruction) else { return nil }
      position += 1
    case .assertion(let assertion):
      guard holds(assertion) else { return nil }
    case .reference(let group, let folding):
      guard take(group, folding) else { return nil }
    case .mark(let mark):
      setMark(mark)
    case .jump(let target):
      return target
    case .condition(let group, let otherwise):
      return capture(of: group) == nil ? otherwise : address + 1
    case .attempt(let otherwise, let savesMarks):
      addChoice(otherwise, savesMarks: savesMarks)
    case .fail, .match:
      return nil
    case .run(let number):
      return takeRun(program.runs[number], at: address)
    case .retryRun(let number):
      return retryRun(program.runs[number], at: address)
    case .enterLoop(let number):
      enter(program.loops[number])
    case .loop(let number):
      return decide(program.loops[number])
    case .iterate(let number):
      iterate(program.loops[number])
    case .endPossessive(let number):
      let loop = program.loops[number]
      // Possessive: what the iteration could have matched otherwise is never tried.
      stacks.forgetChoices(from: register(loop.choices))
      return loop.decision
    case .noteChoices(let number):
      setRegister(number, to: stacks.choiceCount)
    case .forgetChoices(let number):
      stacks.forgetChoices(from: register(number))
    case .notePlace(let number):
      setRegister(number, to: position)
    case .returnToPlace(let number):
      position = register(number)
    case .stepBack(let count):
      guard position >= count else { return nil }
      position -= count
    }
    return address + 1
  }

  /// Whether an instruction takes a code point.
  @inline(__always)
  private func accepts(
    _ codePoint: UInt32,
    _ instruction: BacktrackingProgram.Instruction
  ) -> Bool {
    switch instruction {
    case .codePoint(let value): codePoint == value
    case .set(let number): program.sets[number].contains(codePoint)
    case .anyButNewline: codePoint != 0x0A
    default: true
    }
  }

  private func holds(_ assertion: PatternAssertion) -> Bool {
    assertion.holds(
      after: position > 0 ? text[position - 1] : nil,
      before: position < text.count ? text[position] : nil,
      isLast: position + 1 == text.count
    )
  }

  /// Takes what a group has captured, if it comes here.
  private mutating func take(_ group: Int, _ folding: PatternFolding) -> Bool {
    guard let capture = capture(of: group), capture.count <= text.count - position else {
      return false
    }
    for index in capture {
      steps -= 1
      guard isSame(text[index], text[position], folding) else { return false }
      position += 1
    }
    return true
  }

  private func isSame(_ old: UInt32, _ new: UInt32, _ folding: PatternFolding) -> Bool {
    old == new
      || folding != .none
        && CaseEquivalence.folded(old, folding) == CaseEquivalence.folded(new, folding)
  }
}

// MARK: - Runs of one code point

extension BacktrackingMatcher {
  /// Takes as many code points as a run prefers; what else it may take is left as a choice.
  private mutating func takeRun(_ run: BacktrackingProgram.Run, at address: Int) -> Int? {
    let start = position
    let wanted = run.times.preference == .lazy ? run.times.minimum : run.times.maximum
    let end = place(start, plus: wanted)
    let instruction = program.instructions[address + 1]
    while position < end, accepts(text[position], instruction) { position += 1 }
    steps -= position - start
    guard position - start >= run.times.minimum else { return nil }
    switch run.times.preference {
    case .greedy:
      addRetry(run, at: address + 2, limit: start + run.times.minimum)
    case .lazy:
      addRetry(run, at: address + 2, limit: place(start, plus: run.times.maximum))
    case .possessive:
      break
    }
    return address + 3
  }

  private mutating func retryRun(_ run: BacktrackingProgram.Run, at address: Int) -> Int? {
    // Greedy gives one code point back, lazy takes one more; the limit is where that ends.
    if run.times.preference == .greedy {
      position -= 1
    } else {
      guard accepts(text[position], program.instructions[address - 1]) else { return nil }
      position += 1
    }
    addRetry(run, at: address, limit: limit)
    return address + 1
  }

  private mutating func addRetry(_ run: BacktrackingProgram.Run, at address: Int, limit: Int) {
    guard position != limit else { return }
    addChoice(address, limit: limit, savesMarks: run.savesMarks)
  }

  /// The place a number of code points further, but no further than the end.
  private func place(_ start: Int, plus count: Int?) -> Int {
    guard let count, count < text.count - start else { return text.count }
    return start + count
  }
}

// MARK: - Loops

extension BacktrackingMatcher {
  private mutating func enter(_ loop: BacktrackingProgram.Loop) {
    setRegister(loop.count, to: 0)
    setRegister(loop.start, to: -1)
  }

  /// Whether the body comes again, or what follows the loop.
  private mutating func decide(_ loop: BacktrackingProgram.Loop) -> Int {
    let count = register(loop.count)
    guard count >= loop.times.minimum else {
      if loop.times.preference == .possessive {
        setRegister(loop.choices, to: stacks.choiceCount)
      }
      setRegister(loop.count, to: count + 1)
      return loop.body
    }
    // An iteration that took nothing is the last.
    guard count < loop.times.maximum ?? .max, register(loop.start) != position else {
      return loop.exit
    }
    switch loop.times.preference {
    case .greedy:
      addChoice(loop.exit, savesMarks: loop.savesMarks)
    case .lazy:
      addChoice(loop.iteration, savesMarks: loop.savesMarks)
      return loop.exit
    case .possessive:
      setRegister(loop.choices, to: stacks.choiceCount)
      addChoice(loop.exit, savesMarks: loop.savesMarks)
    }
    return loop.iteration
  }

  /// Begins an iteration that is not required.
  private mutating func iterate(_ loop: BacktrackingProgram.Loop) {
    setRegister(loop.count, to: register(loop.count) + 1)
    setRegister(loop.start, to: position)
  }
}
