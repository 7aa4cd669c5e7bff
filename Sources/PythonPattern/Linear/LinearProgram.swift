// SPDX-License-Identifier: Apache-2.0

/// An expression as instructions for ``LinearMatcher``, which starts at the first.
struct LinearProgram: Sendable {
  /// One step of a match; those that take a code point continue with the next instruction.
  enum Instruction: Sendable {
    case codePoint(UInt32)
    case set(Int)
    case any
    case anyButNewline
    case assertion(PatternAssertion)
    /// Goes on at two places at once.
    case split(Int, Int)
    case jump(Int)
    case match
  }

  let instructions: [Instruction]
  let sets: [CodePointSet]

  /// Whether a match can start at the start of the text only.
  var isAnchored: Bool {
    if case .assertion(.textStart)? = instructions.first { true } else { false }
  }
}

// MARK: - Compiling

/// Turns an expression that has been read into instructions for ``LinearMatcher``.
struct LinearCompiler {
  /// How many instructions an expression may take once counted repeats have been written out.
  static let maximumSize = 20_000

  private typealias Instruction = LinearProgram.Instruction

  /// Why an expression is not for the linear matcher.
  private enum Obstacle: Error {
    case order
    case size
  }

  private var instructions: [Instruction] = []

  /// Turns an expression into instructions; none if it needs a matcher that backtracks, or takes
  /// more than ``maximumSize`` instructions.
  static func compile(_ tree: PatternTree) -> LinearProgram? {
    var compiler = LinearCompiler()
    do throws(Obstacle) {
      try compiler.emit(tree.root.simplified)
      try compiler.append(.match)
    } catch {
      return nil
    }
    return LinearProgram(instructions: compiler.instructions, sets: tree.sets)
  }

  private mutating func append(_ instruction: Instruction) throws(Obstacle) {
    guard instructions.count < Self.maximumSize else { throw .size }
    instructions.append(instruction)
  }

  private mutating func emit(_ node: PatternNode) throws(Obstacle) {
    switch node {
    case .codePoint(let value): try append(.codePoint(value))
    case .set(let index): try append(.set(index))
    case .any: try append(.any)
    case .anyButNewline: try append(.anyButNewline)
    case .assertion(let assertion): try append(.assertion(assertion))
    case .group(let inner, _): try emit(inner)
    case .sequence(let items): for item in items { try emit(item) }
    case .alternation(let branches): try emitAlternation(branches)
    case .repeated(let inner, let times): try emitRepeat(inner, times)
    // These ask what one way has captured, or could match: ways side by side do not know that.
    case .look, .atomic, .reference, .conditional: throw .order
    }
  }

  private mutating func emitAlternation(_ branches: [PatternNode]) throws(Obstacle) {
    var jumps: [Int] = []
    for branch in branches.dropLast() {
      let split = instructions.count
      try append(.split(split + 1, split))
      try emit(branch)
      jumps.append(instructions.count)
      try append(.jump(split))
      instructions[split] = .split(split + 1, instructions.count)
    }
    if let last = branches.last { try emit(last) }
    for jump in jumps { instructions[jump] = .jump(instructions.count) }
  }

  private mutating func emitRepeat(
    _ inner: PatternNode,
    _ times: PatternRepeat
  ) throws(Obstacle) {
    // Greedy and lazy repeats find the same texts, possessive ones do not.
    guard times.preference != .possessive else { throw .order }
    // What is empty would be written out for ever without reaching the limit.
    guard times.maximum != 0, !inner.isEmpty else { return }
    for _ in 0..<times.minimum { try emit(inner) }
    if let maximum = times.maximum {
      try emitOptional(inner, times: maximum - times.minimum)
    } else {
      try emitLoop(inner)
    }
  }

  /// Writes out `x*`.
  private mutating func emitLoop(_ inner: PatternNode) throws(Obstacle) {
    let split = instructions.count
    try append(.split(split + 1, split))
    try emit(inner)
    try append(.jump(split))
    instructions[split] = .split(split + 1, instructions.count)
  }

  /// Writes out `(x(x(x)?)?)?`.
  private mutating func emitOptional(
    _ inner: PatternNode,
    times: Int
  ) throws(Obstacle) {
    var splits: [Int] = []
    for _ in 0..<times {
      splits.append(instructions.count)
      try append(.jump(0))
      try emit(inner)
    }
    // Each leads to the very end: where one is missing, so are those within it.
    for split in splits { instructions[split] = .split(split + 1, instructions.count) }
  }
}

// MARK: - Simplifying

extension PatternNode {
  /// The node without parentheses and without parts that mean nothing, where order and captures do
  /// not count.
  ///
  /// Parts that mean nothing are dropped, so that each one that is left costs an instruction and
  /// the limit on instructions bounds the work of the compiler too.
  var simplified: PatternNode {
    switch self {
    case .group(let inner, _):
      return inner.simplified
    case .sequence(let items):
      let kept = items.map(\.simplified).filter { !$0.isEmpty }
      return kept.count == 1 ? kept[0] : .sequence(kept)
    case .alternation(let branches):
      return .alternation(branches.map(\.simplified))
    case .repeated(let inner, let times):
      return .repeated(inner.simplified, times)
    case .codePoint, .set, .any, .anyButNewline, .assertion, .look, .atomic, .reference,
      .conditional:
      return self
    }
  }

  /// Whether the node matches the empty text and nothing else, without a condition.
  var isEmpty: Bool {
    switch self {
    case .sequence(let items): items.isEmpty
    case .repeated(let inner, let times): times.maximum == 0 || inner.isEmpty
    default: false
    }
  }

  /// The text that the node stands for, if it is nothing but a text.
  ///
  /// Lone surrogates are left out: the decoder makes them from bytes that are not UTF-8, too.
  var literalBytes: [UInt8]? {
    switch self {
    case .codePoint(let value):
      return Unicode.Scalar(value).map { Array(String($0).utf8) }
    case .sequence(let items):
      var bytes: [UInt8] = []
      for item in items {
        guard case .codePoint = item, let next = item.literalBytes else { return nil }
        bytes += next
      }
      return bytes
    default:
      return nil
    }
  }
}
