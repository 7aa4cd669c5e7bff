// SPDX-License-Identifier: Apache-2.0

/// An expression as instructions for ``BacktrackingMatcher``, which starts at the first.
///
/// An instruction goes on with the one behind it unless it says otherwise, or fails.
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
    /// Tries the run before it once more, one code point shorter or longer.
    case retryRun(Int)

    case enterLoop(Int)
    /// Decides whether the body comes, once more, or what follows the loop.
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
