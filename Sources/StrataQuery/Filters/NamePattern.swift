// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A regular expression for names, in the syntax of Python's `re`.
public struct NamePattern: Hashable, Sendable {
  /// The expression as it was written.
  public let source: String

  /// Reads an expression.
  public init(parsing source: String) throws(QueryError) {
    self.source = source
  }

  /// Whether the expression matches anywhere in the text.
  public func matches(_ text: ByteString) -> Bool { false }

  /// Whether the expression matches the whole text.
  public func matchesWhole(_ text: ByteString) -> Bool { false }
}
