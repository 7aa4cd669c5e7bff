// SPDX-License-Identifier: Apache-2.0

/// Steps through an expression one code point at a time, a backslash together with what follows.
///
/// It looks one token ahead just as CPython's tokenizer does, so that mistakes are found in the
/// same order and at the same positions.
struct PatternTokenizer {
  /// A code point, or a backslash with the code point behind it.
  enum Token: Hashable {
    case plain(Unicode.Scalar)
    case escaped(Unicode.Scalar)

    /// How many code points the token takes in the expression.
    var length: Int {
      if case .escaped = self { 2 } else { 1 }
    }

    /// The token as it was written.
    var text: String {
      switch self {
      case .plain(let scalar): String(scalar)
      case .escaped(let scalar): "\\" + String(scalar)
      }
    }

    /// The code point, if there is no backslash.
    var plain: Unicode.Scalar? {
      if case .plain(let scalar) = self { scalar } else { nil }
    }
  }

  private let source: String
  private let scalars: [Unicode.Scalar]
  private var index = 0
  /// The token that comes next, or none at the end.
  private(set) var next: Token?

  init(_ source: String) throws(PatternError) {
    self.source = source
    self.scalars = Array(source.unicodeScalars)
    try advance()
  }

  /// Where the next token begins, in code points.
  var position: Int { index - (next?.length ?? 0) }

  /// Steps over the next token.
  mutating func advance() throws(PatternError) {
    guard index < scalars.count else { return next = nil }
    let scalar = scalars[index]
    guard scalar == "\\" else {
      index += 1
      return next = .plain(scalar)
    }
    guard index + 1 < scalars.count else {
      throw failure("bad escape (end of pattern)", at: scalars.count - 1)
    }
    next = .escaped(scalars[index + 1])
    index += 2
  }

  /// Steps over the next token and gives it.
  mutating func take() throws(PatternError) -> Token? {
    let token = next
    try advance()
    return token
  }

  /// Steps over the next token if it is the code point.
  mutating func skip(_ scalar: Unicode.Scalar) throws(PatternError) -> Bool {
    guard next == .plain(scalar) else { return false }
    try advance()
    return true
  }

  /// Steps over tokens as long as they pass, at most a number of them.
  mutating func take(
    atMost limit: Int,
    where passes: (Unicode.Scalar) -> Bool
  ) throws(PatternError) -> String {
    let start = position
    while position - start < limit, let scalar = next?.plain, passes(scalar) {
      try advance()
    }
    return String(String.UnicodeScalarView(scalars[start..<position]))
  }

  /// Steps over a name and the code point behind it.
  mutating func take(
    until terminator: Unicode.Scalar,
    name: String
  ) throws(PatternError) -> String {
    var text = ""
    while let token = next, token != .plain(terminator) {
      text += token.text
      try advance()
    }
    let isTerminated = try skip(terminator)
    guard !text.isEmpty else { throw failure("missing \(name)", back: isTerminated ? 1 : 0) }
    guard isTerminated else {
      let length = text.unicodeScalars.count
      throw failure("missing \(terminator), unterminated name", back: length)
    }
    return text
  }

  /// Steps to a position.
  mutating func seek(to position: Int) throws(PatternError) {
    index = position
    try advance()
  }
}

extension PatternTokenizer {
  /// An error some code points before the next token.
  func failure(_ message: String, back offset: Int = 0) -> PatternError {
    failure(message, at: position - offset)
  }

  /// An error at a position, in the form that Python gives it.
  func failure(_ message: String, at position: Int) -> PatternError {
    .invalid(source, reason: "\(message) at position \(position)\(line(of: position))")
  }

  /// An error that concerns the expression as a whole.
  func failure(withoutPosition message: String) -> PatternError {
    .invalid(source, reason: message)
  }

  /// A limit: of ours, or one that Python reports as another error than the rest.
  func excess(_ reason: String) -> PatternError {
    .limitExceeded(source, reason: reason)
  }

  private func line(of position: Int) -> String {
    guard scalars.contains("\n") else { return "" }
    let before = scalars[..<position]
    let column = position - (before.lastIndex(of: "\n") ?? -1)
    return " (line \(before.count { $0 == "\n" } + 1), column \(column))"
  }
}
