// SPDX-License-Identifier: Apache-2.0

/// An expression as instructions for ``LinearMatcher``, which starts at the first.
struct LinearProgram: Sendable {
  /// One step of a match; those that take a code point go on to the next instruction.
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
