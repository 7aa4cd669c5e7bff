// SPDX-License-Identifier: Apache-2.0

/// Turns an expression that has been read into instructions.
struct LinearCompiler {
  /// How many instructions an expression may take once counted repeats have been written out.
  static let maximumSize = 20_000

  private typealias Instruction = LinearProgram.Instruction

  private let source: String
  private var instructions: [Instruction] = []

  /// Turns an expression into instructions.
  ///
  /// - Throws: ``QueryError`` if there are too many of them.
  static func compile(
    _ tree: PatternTree,
    source: String
  ) throws(QueryError) -> LinearProgram {
    var compiler = LinearCompiler(source: source)
    try compiler.emit(tree.root)
    try compiler.append(.match)
    return LinearProgram(instructions: compiler.instructions, sets: tree.sets)
  }

  private init(source: String) {
    self.source = source
  }

  private mutating func append(_ instruction: Instruction) throws(QueryError) {
    guard instructions.count < Self.maximumSize else {
      let reason = "its repeats, written out, take more than \(Self.maximumSize) steps"
      throw .badPattern(source, reason: reason)
    }
    instructions.append(instruction)
  }

  private mutating func emit(_ node: PatternNode) throws(QueryError) {
    switch node {
    case .codePoint(let value): try append(.codePoint(value))
    case .set(let index): try append(.set(index))
    case .any: try append(.any)
    case .anyButNewline: try append(.anyButNewline)
    case .assertion(let assertion): try append(.assertion(assertion))
    case .group(let inner): try emit(inner)
    case .sequence(let items): for item in items { try emit(item) }
    case .alternation(let branches): try emitAlternation(branches)
    case .repeated(let inner, let minimum, let maximum):
      try emitRepeat(inner, minimum: minimum, maximum: maximum)
    }
  }

  private mutating func emitAlternation(_ branches: [PatternNode]) throws(QueryError) {
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
    minimum: Int,
    maximum: Int?
  ) throws(QueryError) {
    // What is empty would be written out for ever without reaching the limit.
    guard maximum != 0, !inner.isEmpty else { return }
    for _ in 0..<minimum { try emit(inner) }
    if let maximum {
      try emitOptional(inner, times: maximum - minimum)
    } else {
      try emitLoop(inner)
    }
  }

  /// Writes out `x*`.
  private mutating func emitLoop(_ inner: PatternNode) throws(QueryError) {
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
  ) throws(QueryError) {
    var splits: [Int] = []
    for _ in 0..<times {
      splits.append(instructions.count)
      try append(.jump(0))
      try emit(inner)
    }
    for split in splits { instructions[split] = .split(split + 1, instructions.count) }
  }
}
