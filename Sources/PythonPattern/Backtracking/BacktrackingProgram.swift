// SPDX-License-Identifier: Apache-2.0

/// An expression as instructions for ``BacktrackingMatcher``, which starts at the first.
///
/// An instruction continues with the next one unless it says otherwise, or fails.
struct BacktrackingProgram: Sendable {
  /// One step of a match.
  enum Instruction: Sendable {
    case codePoint(UInt32)
    case set(Int)
    case any
    case anyButNewline
    case assertion(PatternAssertion)
    /// Takes what a group captured.
    case reference(group: Int, PatternFolding)
    /// Notes the place as the start or end of a capture.
    case mark(Int)
    case jump(Int)
    /// Goes on at the address if the group took no part in the match.
    case condition(group: Int, otherwise: Int)
    /// Goes on behind it, and if that fails at the address.
    case attempt(otherwise: Int, savesMarks: Bool)
    case fail
    case match

    /// Takes the instruction behind it, which takes one code point, as often as a run says.
    case run(Int)
    /// Tries the run before it again, one code point shorter or longer.
    case retryRun(Int)

    case enterLoop(Int)
    /// Decides whether the body comes again, or what follows the loop.
    case loop(Int)
    /// Begins another iteration of the loop before it.
    case iterate(Int)
    /// Ends an iteration of a possessive loop.
    case endPossessive(Int)

    /// Notes in a register how many choices are open.
    case noteChoices(Int)
    /// Forgets all choices but those that were open then.
    case forgetChoices(Int)
    /// Notes the place in a register.
    case notePlace(Int)
    /// Goes back to that place.
    case returnToPlace(Int)
    /// Goes back by a number of code points.
    case stepBack(Int)
  }

  /// A repeat of one code point.
  struct Run: Sendable {
    let times: PatternRepeat
    let savesMarks: Bool
  }

  /// A repeat of anything else.
  struct Loop: Sendable {
    let times: PatternRepeat
    let savesMarks: Bool
    /// The registers: iterations so far, where the last began, how many choices there were then.
    let count: Int
    var start: Int { count + 1 }
    var choices: Int { count + 2 }
    /// The addresses: deciding, beginning an iteration, the body, and what follows the loop.
    let decision: Int
    var iteration: Int { decision + 1 }
    var body: Int { decision + 2 }
    var exit: Int
  }

  var instructions: [Instruction] = []
  var runs: [Run] = []
  var loops: [Loop] = []
  var registerCount = 0
  let sets: [CodePointSet]
  let groupCount: Int
  /// The least number of code points that a match can have.
  let minimumWidth: Int

  /// Whether a match can start at the start of the text only.
  var isAnchored: Bool {
    if case .assertion(.textStart) = instructions[0] { true } else { false }
  }
}

// MARK: - Compiling

/// Turns an expression that has been read into instructions for ``BacktrackingMatcher``.
///
/// Repeats are not written out, so that the instructions are no more than a few for each code point
/// of the expression.
struct BacktrackingCompiler {
  private typealias Instruction = BacktrackingProgram.Instruction

  private var program: BacktrackingProgram
  /// Whether anything refers to a group; else nothing is captured.
  private let hasReferences: Bool

  /// Turns an expression into instructions.
  static func compile(_ tree: PatternTree) -> BacktrackingProgram {
    var compiler = BacktrackingCompiler(tree)
    compiler.emit(tree.root, isInLoop: false)
    compiler.program.instructions.append(.match)
    return compiler.program
  }

  private init(_ tree: PatternTree) {
    hasReferences = tree.root.hasReferences
    program = BacktrackingProgram(
      sets: tree.sets,
      groupCount: tree.groupCount,
      minimumWidth: tree.minimumWidth
    )
  }

  private var address: Int { program.instructions.count }

  private mutating func append(_ instruction: Instruction) {
    program.instructions.append(instruction)
  }

  private mutating func newRegisters(_ count: Int) -> Int {
    defer { program.registerCount += count }
    return program.registerCount
  }

  /// Writes out a node.
  ///
  /// A node within a loop may come twice, so that marks which are set there have to be saved. Only
  /// then CPython saves them, which can be seen where the condition of a group is the group itself.
  private mutating func emit(_ node: PatternNode, isInLoop: Bool) {
    switch node {
    case .codePoint, .set, .any, .anyButNewline:
      if let instruction = node.singleInstruction { append(instruction) }
    case .assertion(let assertion):
      append(.assertion(assertion))
    case .sequence(let items):
      for item in items { emit(item, isInLoop: isInLoop) }
    case .alternation(let branches):
      emitAlternation(branches, isInLoop: isInLoop)
    case .repeated(let inner, let times):
      emitRepeat(inner, times, isInLoop: isInLoop)
    case .group(let inner, let number):
      emitGroup(inner, number: number, isInLoop: isInLoop)
    case .look(let look, let inner):
      emitLook(look, inner, isInLoop: isInLoop)
    case .atomic(let inner):
      let register = newRegisters(1)
      append(.noteChoices(register))
      emit(inner, isInLoop: isInLoop)
      append(.forgetChoices(register))
    case .reference(let group, let folding):
      append(.reference(group: group, folding))
    case .conditional(let group, let first, let second):
      emitConditional(group: group, first, second, isInLoop: isInLoop)
    }
  }

  private mutating func emitGroup(_ inner: PatternNode, number: Int?, isInLoop: Bool) {
    // All that is asked is whether there is a match: what nothing refers to need not be captured.
    guard let number, hasReferences else { return emit(inner, isInLoop: isInLoop) }
    append(.mark(2 * number - 2))
    emit(inner, isInLoop: isInLoop)
    append(.mark(2 * number - 1))
  }

  private mutating func emitAlternation(_ branches: [PatternNode], isInLoop: Bool) {
    var jumps: [Int] = []
    for branch in branches.dropLast() {
      let attempt = address
      append(.fail)
      emit(branch, isInLoop: isInLoop)
      jumps.append(address)
      append(.fail)
      // Put in the place of `fail` now that the address behind the branch is known.
      program.instructions[attempt] = .attempt(otherwise: address, savesMarks: saves(isInLoop))
    }
    if let last = branches.last { emit(last, isInLoop: isInLoop) }
    for jump in jumps { program.instructions[jump] = .jump(address) }
  }

  private mutating func emitConditional(
    group: Int,
    _ first: PatternNode,
    _ second: PatternNode,
    isInLoop: Bool
  ) {
    let condition = address
    append(.fail)
    emit(first, isInLoop: isInLoop)
    let jump = address
    append(.fail)
    program.instructions[condition] = .condition(group: group, otherwise: address)
    emit(second, isInLoop: isInLoop)
    program.instructions[jump] = .jump(address)
  }

  private mutating func emitLook(_ look: PatternLook, _ inner: PatternNode, isInLoop: Bool) {
    let (choices, place) = (newRegisters(1), newRegisters(1))
    // What succeeds within a look is not tried another way: its choices are forgotten.
    append(.noteChoices(choices))
    let start = address
    append(.notePlace(place))
    if let width = look.width { append(.stepBack(width)) }
    emit(inner, isInLoop: isInLoop)
    append(.forgetChoices(choices))
    guard look.isNegated else { return append(.returnToPlace(place)) }
    append(.fail)
    program.instructions[start] = .attempt(otherwise: address, savesMarks: saves(isInLoop))
  }

  private func saves(_ isInLoop: Bool) -> Bool { isInLoop && hasReferences }
}

extension BacktrackingCompiler {
  private mutating func emitRepeat(
    _ inner: PatternNode,
    _ times: PatternRepeat,
    isInLoop: Bool
  ) {
    guard times.maximum != 0 else { return }
    // A run takes its code points in one instruction, and has one choice however many there are.
    if let single = inner.singleInstruction {
      emitRun(single, times, isInLoop: isInLoop)
    } else {
      emitLoop(inner, times, isInLoop: isInLoop)
    }
  }

  private mutating func emitRun(
    _ single: BacktrackingProgram.Instruction,
    _ times: PatternRepeat,
    isInLoop: Bool
  ) {
    let number = program.runs.count
    program.runs.append(.init(times: times, savesMarks: saves(isInLoop)))
    append(.run(number))
    append(single)
    append(.retryRun(number))
  }

  private mutating func emitLoop(_ inner: PatternNode, _ times: PatternRepeat, isInLoop: Bool) {
    let number = program.loops.count
    let loop = BacktrackingProgram.Loop(
      times: times,
      // What is tried before the body is outside of the loop to CPython.
      savesMarks: times.preference == .lazy ? saves(isInLoop) : hasReferences,
      count: newRegisters(3),
      decision: address + 1,
      exit: 0
    )
    program.loops.append(loop)
    append(.enterLoop(number))
    append(.loop(number))
    append(.iterate(number))
    emit(inner, isInLoop: true)
    append(times.preference == .possessive ? .endPossessive(number) : .jump(loop.decision))
    program.loops[number].exit = address
  }
}

extension PatternNode {
  /// The instruction for a node that takes one code point, whatever parentheses are around it.
  fileprivate var singleInstruction: BacktrackingProgram.Instruction? {
    switch self {
    case .codePoint(let value): .codePoint(value)
    case .set(let index): .set(index)
    case .any: .any
    case .anyButNewline: .anyButNewline
    case .group(let inner, number: nil): inner.singleInstruction
    default: nil
    }
  }

  /// Whether a backreference or condition is beneath.
  fileprivate var hasReferences: Bool {
    switch self {
    case .codePoint, .set, .any, .anyButNewline, .assertion: false
    case .reference, .conditional: true
    case .sequence(let items), .alternation(let items): items.contains(where: \.hasReferences)
    case .repeated(let inner, _), .group(let inner, _), .look(_, let inner), .atomic(let inner):
      inner.hasReferences
    }
  }
}
