// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A regular expression for names, in the syntax of Python's `re`.
///
/// A match takes time in proportion to the expression times the text, whatever the two hold; what
/// cannot be matched so (lookaround, backreferences, atomic groups) is refused when it is read.
/// A text is its code points. Bytes that are not UTF-8 count as Python's `surrogateescape` has it:
/// the byte `80` is U+DC80.
public struct NamePattern: Sendable {
  /// The expression as it was written.
  public let source: String
  private let strategy: Strategy

  private enum Strategy: Sendable {
    /// The expression is a plain text, so the bytes decide.
    case literal([UInt8])
    case program(LinearProgram)
  }

  /// Reads an expression.
  ///
  /// - Throws: ``QueryError`` in Python's words if Python refuses the expression too, and otherwise
  ///   with the construct that is not supported or the limit that is passed.
  public init(parsing source: String) throws(QueryError) {
    let tree = try PatternParser.parse(source)
    self.source = source
    if let bytes = tree.root.literalBytes {
      strategy = .literal(bytes)
    } else {
      strategy = .program(try LinearCompiler.compile(tree, source: source))
    }
  }

  /// Whether the expression matches anywhere in the text.
  ///
  /// - Complexity: O(*p* × *t*) for an expression of *p* instructions and a text of *t* bytes.
  public func matches(_ text: ByteString) -> Bool {
    switch strategy {
    case .literal(let bytes):
      return text.bytes.holds(bytes)
    case .program(let program):
      var matcher = LinearMatcher(program)
      return matcher.matches(text.bytes)
    }
  }

  /// Whether the expression matches the whole text.
  ///
  /// - Complexity: O(*p* × *t*) for an expression of *p* instructions and a text of *t* bytes.
  public func matchesWhole(_ text: ByteString) -> Bool {
    switch strategy {
    case .literal(let bytes):
      return text.bytes == bytes
    case .program(let program):
      var matcher = LinearMatcher(program)
      return matcher.matchesWhole(text.bytes)
    }
  }
}

extension NamePattern: Hashable {
  /// Compares the code points, for equivalent strings are not the same as expressions.
  public static func == (left: NamePattern, right: NamePattern) -> Bool {
    left.source.utf8.elementsEqual(right.source.utf8)
  }

  /// Feeds the code points.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(Array(source.utf8))
  }
}

extension NamePattern: CustomStringConvertible {
  /// The expression as it was written.
  public var description: String { source }
}

extension [UInt8] {
  /// Whether other bytes occur within these.
  fileprivate func holds(_ other: [UInt8]) -> Bool {
    guard let first = other.first else { return true }
    guard count >= other.count else { return false }
    return (0...count - other.count).contains { start in
      self[start] == first && other.indices.allSatisfy { self[start + $0] == other[$0] }
    }
  }
}
