// SPDX-License-Identifier: Apache-2.0

public import StrataSpool

/// The dumps of one walk, the first of them looked up ahead: so that it is known whether there are any,
/// and how many, mostly without a walk of its own.
public struct FoundDumps: Sequence, IteratorProtocol {
  /// How many dumps are looked up ahead at most: a path takes some hundred bytes.
  private static let limit = 20_000

  private var ahead: ArraySlice<DumpWalk.Element>
  private var rest: DumpWalk?

  /// Whether there are no dumps; failures do not count.
  public let isEmpty: Bool

  /// How many dumps and failures there are; nil for more than were looked up.
  public var count: Int? { rest == nil ? ahead.count : nil }

  /// Walks to the first dumps that some paths lead to.
  public init(paths: [String]) { self.init(paths: paths, limit: Self.limit) }

  init(paths: [String], limit: Int) {
    var walk = DumpWalk(paths: paths)
    var found: [DumpWalk.Element] = []
    while found.count < limit, let next = walk.next() { found.append(next) }
    rest = found.count < limit ? nil : walk
    ahead = found[...]
    // A copy of the walk would take lines of an index from it, so a walk of its own goes past failures.
    isEmpty =
      !found.contains(where: Self.isDump)
      && (rest == nil || !DumpWalk(paths: paths).contains(where: Self.isDump))
  }

  private static func isDump(_ element: DumpWalk.Element) -> Bool {
    if case .success = element { true } else { false }
  }

  /// The next dump; nil where there are no more.
  public mutating func next() -> DumpWalk.Element? {
    ahead.popFirst() ?? rest?.next()
  }
}
