// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Labels taken from the path of a dump: `{service}/{host}/*.prof`.
///
/// The parts of the pattern are compared with the last parts of the path. In a part, `{key}` takes
/// the characters up to the text that follows it, or up to the end, and `*` does so without a label.
public struct PathLabels: Hashable, Sendable {
  private enum Piece: Hashable {
    case text([UInt8])
    case wildcard(key: String?)
  }

  /// The pattern as it was written.
  public let pattern: String
  private let parts: [[Piece]]

  /// Reads a pattern.
  ///
  /// - Throws: ``PathLabelsError`` where a brace is not closed, two wildcards touch, a key is repeated,
  ///   or the keys are more or longer than a capture may have.
  public init(_ pattern: String) throws(PathLabelsError) {
    var parts: [[Piece]] = []
    for part in pattern.split(separator: "/") { parts.append(try Self.pieces(of: part)) }
    guard !parts.isEmpty else { throw PathLabelsError("expected a path component, found none") }
    try Self.check(parts)
    self.pattern = pattern
    self.parts = parts
  }

  /// Checks that each key is used once, and that the keys are within the bounds of a capture.
  private static func check(_ parts: [[Piece]]) throws(PathLabelsError) {
    var labels: [Labels.Label] = []
    var known: Set<String> = []
    for case .wildcard(let key?) in parts.joined() {
      guard known.insert(key).inserted else {
        throw PathLabelsError("expected each key once, found {\(key)} twice")
      }
      // Bytes of the command line that are not UTF-8 have become U+FFFD.
      guard !key.unicodeScalars.contains("\u{fffd}") else {
        throw PathLabelsError("expected a key in UTF-8, found {\(key)}")
      }
      labels.append(Labels.Label(key: key, value: ""))
    }
    do { try Labels(labels).check() } catch { throw PathLabelsError(error.description) }
  }

  /// The labels of a path; nil where it does not fit the pattern.
  ///
  /// - Complexity: O(*n* · *m*) in the lengths of path and pattern.
  public func labels(of path: String) -> Labels? {
    let components = path.split(separator: "/")
    guard components.count >= parts.count else { return nil }
    var labels: Labels = [:]
    for (part, component) in zip(parts, components.suffix(parts.count)) {
      guard Self.match(part, Array(component.utf8)[...], &labels) else { return nil }
    }
    return labels
  }

  private static func pieces(of part: Substring) throws(PathLabelsError) -> [Piece] {
    var pieces: [Piece] = []
    var rest = part
    while let first = rest.first {
      if first == "{" {
        guard let end = rest.firstIndex(of: "}") else {
          throw PathLabelsError("expected '}' after '\(rest)'")
        }
        let key = String(rest[rest.index(after: rest.startIndex)..<end])
        pieces.append(.wildcard(key: key))
        rest = rest[rest.index(after: end)...]
      } else if first == "*" {
        pieces.append(.wildcard(key: nil))
        rest = rest.dropFirst()
      } else {
        let text = rest.prefix { $0 != "{" && $0 != "*" }
        pieces.append(.text(Array(text.utf8)))
        rest = rest[text.endIndex...]
      }
    }
    for (left, right) in zip(pieces, pieces.dropFirst()) {
      if case .wildcard = left, case .wildcard = right {
        throw PathLabelsError("expected text between two wildcards, found none in '\(part)'")
      }
    }
    return pieces
  }

  private static func match(
    _ pieces: [Piece],
    _ component: ArraySlice<UInt8>,
    _ labels: inout Labels
  ) -> Bool {
    var rest = component
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .text(let text):
        guard rest.starts(with: text) else { return false }
        rest = rest.dropFirst(text.count)
      case .wildcard(let key):
        guard let end = end(of: rest, before: pieces[(index + 1)...]) else { return false }
        if let key { labels[key] = String(decoding: rest[..<end], as: UTF8.self) }
        rest = rest[end...]
      }
    }
    return rest.isEmpty
  }

  /// Where a wildcard ends: at the end, at a last text that ends the part, or at the next text.
  private static func end(of rest: ArraySlice<UInt8>, before next: ArraySlice<Piece>) -> Int? {
    guard case .text(let text)? = next.first else { return rest.endIndex }
    // The last text must end the part: in `*.prof`, the last `.prof` counts. Texts before it are
    // taken where they come first, which loses no match.
    let last = rest.endIndex - text.count
    guard last >= rest.startIndex else { return nil }
    if next.count == 1 { return rest[last...].elementsEqual(text) ? last : nil }
    return (rest.startIndex...last).first { rest[$0...].starts(with: text) }
  }
}

/// A pattern of labels that cannot be used, and why.
public struct PathLabelsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reason: what was expected, what was found.
  public var description: String

  init(_ description: String) {
    self.description = description
  }
}
