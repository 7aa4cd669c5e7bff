// SPDX-License-Identifier: Apache-2.0

public import StrataSpool

/// The dumps of one walk, some of them looked up ahead: so that it is known whether there are any, and
/// how many, without a walk of its own.
public struct FoundDumps: Sequence, IteratorProtocol {
  /// How many dumps are looked up ahead at most: a path takes some hundred bytes.
  private static let limit = 20_000

  private var ahead: ArraySlice<DumpWalk.Element>
  private var rest: DumpWalk?
  /// Whether a dump was found among those looked up.
  private let hasDump: Bool

  /// Whether there are any dumps.
  ///
  /// After the limit this is taken for granted: so many failures alone are unlikely, and an empty store
  /// does no harm.
  public var isEmpty: Bool { !hasDump && rest == nil }

  /// How many dumps and failures there are; nil for more than were looked up.
  public var count: Int? { rest == nil ? ahead.count : nil }

  /// Walks to the first dumps that some paths lead to.
  public init(paths: [String]) {
    var walk = DumpWalk(paths: paths)
    var found: [DumpWalk.Element] = []
    while found.count < Self.limit, let next = walk.next() { found.append(next) }
    rest = found.count < Self.limit ? nil : walk
    ahead = found[...]
    hasDump = found.contains { if case .success = $0 { true } else { false } }
  }

  /// The next dump; nil where there are no more.
  public mutating func next() -> DumpWalk.Element? {
    ahead.popFirst() ?? rest?.next()
  }
}
