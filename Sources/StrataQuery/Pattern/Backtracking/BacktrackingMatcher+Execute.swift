// SPDX-License-Identifier: Apache-2.0

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

  /// Whether the body comes, once more, or what follows the loop.
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
