// SPDX-License-Identifier: Apache-2.0

/// How many code points something matches, at least and at most.
///
/// Computed as CPython's `SubPattern.getwidth` does, for it decides which lookbehinds are refused.
struct PatternWidth: Hashable, Sendable {
  /// CPython's `MAXWIDTH`: as many or more.
  private static let unbounded: UInt128 = 1 << 64

  private(set) var minimum: UInt128
  private(set) var maximum: UInt128

  static let zero = PatternWidth(0, 0)
  static let one = PatternWidth(1, 1)

  private init(_ minimum: UInt128, _ maximum: UInt128) {
    self.minimum = min(minimum, Self.unbounded)
    self.maximum = min(maximum, Self.unbounded)
  }

  var isFixed: Bool { minimum == maximum }

  static func + (left: PatternWidth, right: PatternWidth) -> PatternWidth {
    PatternWidth(left.minimum + right.minimum, left.maximum + right.maximum)
  }

  /// The width of something repeated.
  func repeated(_ times: PatternRepeat) -> PatternWidth {
    // Counts have 32 bits and widths 65, so that nothing overflows.
    let most = times.maximum.map { UInt128($0) } ?? (maximum == 0 ? 0 : Self.unbounded)
    let (highest, hasOverflown) = maximum.multipliedReportingOverflow(by: most)
    return PatternWidth(minimum * UInt128(times.minimum), hasOverflown ? .max : highest)
  }

  /// The width of one thing or another.
  func or(_ other: PatternWidth) -> PatternWidth {
    PatternWidth(min(minimum, other.minimum), max(maximum, other.maximum))
  }
}

extension PatternNode {
  /// The width of what the node matches.
  ///
  /// - Complexity: O(*n*) in the nodes beneath it.
  func width(in groups: PatternGroupTable) -> PatternWidth {
    switch self {
    case .codePoint, .set, .any, .anyButNewline:
      .one
    case .assertion, .look:
      .zero
    case .sequence(let items):
      items.reduce(.zero) { $0 + $1.width(in: groups) }
    case .alternation(let branches):
      branches.dropFirst().reduce(branches[0].width(in: groups)) { $0.or($1.width(in: groups)) }
    case .repeated(let inner, let times):
      inner.width(in: groups).repeated(times)
    case .group(let inner, _), .atomic(let inner):
      inner.width(in: groups)
    case .reference(let group, _):
      groups.width(of: group)
    case .conditional(_, let first, let second):
      first.width(in: groups).or(second.width(in: groups))
    }
  }
}
