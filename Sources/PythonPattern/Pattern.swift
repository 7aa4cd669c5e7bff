// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A regular expression for names, in the syntax and with the meaning of Python 3.13's `re`.
///
/// Most expressions are matched in time that is proportional to the expression times the text,
/// whatever the two hold. Lookaround, backreferences, conditional and atomic groups and possessive
/// quantifiers need a matcher that backtracks, as Python's does, and may try for hours. Either way
/// the steps are counted: beyond ``maximumSteps`` the search is given up with an error.
///
/// A text is its code points. Bytes that are not UTF-8 count as Python's `surrogateescape` has it:
/// the byte `80` is U+DC80.
public struct Pattern: Sendable {
  /// The expression as it was written.
  public let source: String
  /// How many steps a match may take, besides 32 for each code point of the text.
  ///
  /// The 20 million that are given take a fifth of a second, or more where texts are not ASCII.
  /// Without backtracking, only a long expression on a long text takes so many.
  public var maximumSteps: Int = 20_000_000
  private let strategy: Strategy

  private enum Strategy: Sendable {
    /// The expression is a plain text, so the bytes decide.
    case literal(ByteSearch)
    case linear(LinearProgram)
    indirect case backtracking(BacktrackingProgram)
  }

  /// Reads an expression.
  ///
  /// - Throws: ``PatternError/invalid(_:reason:)`` if Python calls the expression invalid, and
  ///   ``PatternError/limitExceeded(_:reason:)`` if it is too long or too deep for us.
  public init(parsing source: String) throws(PatternError) {
    let tree = try PatternParser.parse(source)
    self.source = source
    if let bytes = tree.root.simplified.literalBytes {
      strategy = .literal(ByteSearch(bytes))
    } else if let program = LinearCompiler.compile(tree) {
      strategy = .linear(program)
    } else {
      strategy = .backtracking(BacktrackingCompiler.compile(tree))
    }
  }

  /// Whether the expression matches anywhere in the text, as Python's `re.search` says.
  ///
  /// - Throws: ``PatternError/tooSlow(_:length:)`` if the matcher gives up.
  /// - Complexity: O(*t*) in the bytes of the text, and up to ``maximumSteps``; without backtracking
  ///   O(*p* × *t*) for an expression of *p* instructions.
  public func matches(_ text: ByteString) throws(PatternError) -> Bool {
    switch strategy {
    case .literal(let search):
      return search.finds(in: text.bytes)
    case .linear(let program):
      return try matchLinearly(program, text.bytes, isWhole: false)
    case .backtracking(let program):
      return try backtrack(program, text.bytes, isWhole: false)
    }
  }

  /// Whether the expression matches the whole text, as Python's `re.fullmatch` says.
  ///
  /// - Throws: ``PatternError/tooSlow(_:length:)`` if the matcher gives up.
  /// - Complexity: As for ``matches(_:)``.
  public func matchesWhole(_ text: ByteString) throws(PatternError) -> Bool {
    switch strategy {
    case .literal(let search):
      return text.bytes == search.bytes
    case .linear(let program):
      return try matchLinearly(program, text.bytes, isWhole: true)
    case .backtracking(let program):
      return try backtrack(program, text.bytes, isWhole: true)
    }
  }

  private func matchLinearly(
    _ program: LinearProgram,
    _ bytes: [UInt8],
    isWhole: Bool
  ) throws(PatternError) -> Bool {
    var matcher = LinearMatcher(program, steps: maximumSteps)
    guard let isMatch = matcher.run(bytes, isWhole: isWhole) else {
      throw .tooSlow(source, length: CodePointDecoder.codePoints(of: bytes).count)
    }
    return isMatch
  }

  @inline(never)
  private func backtrack(
    _ program: BacktrackingProgram,
    _ bytes: [UInt8],
    isWhole: Bool
  ) throws(PatternError) -> Bool {
    var matcher = BacktrackingMatcher(
      program,
      text: bytes,
      isWhole: isWhole,
      steps: maximumSteps
    )
    guard let isMatch = matcher.run() else {
      throw .tooSlow(source, length: matcher.text.count)
    }
    return isMatch
  }
}

extension Pattern: Hashable {
  /// Compares the code points, for equivalent strings are not the same as expressions.
  public static func == (left: Pattern, right: Pattern) -> Bool {
    left.source.utf8.elementsEqual(right.source.utf8)
  }

  /// Feeds the code points.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(Array(source.utf8))
  }
}

extension Pattern: CustomStringConvertible {
  /// The expression as it was written.
  public var description: String { source }
}
