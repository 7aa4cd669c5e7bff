// SPDX-License-Identifier: Apache-2.0

import PythonPattern
public import StrataCore

/// The question which functions of a profile to show, and in which order.
public struct ListingQuery: Hashable, Sendable {
  /// The order.
  public var order: ProfileOrder
  /// What takes functions out, one after the other.
  public var limits: [ProfileListing.Limit]

  /// Creates a question.
  public init(order: ProfileOrder = ProfileOrder(), limits: [ProfileListing.Limit] = []) {
    self.order = order
    self.limits = limits
  }

  /// The functions of a profile that are to be shown.
  ///
  /// Source: `eval_print_amount` in CPython's `Lib/pstats.py`, which leaves the list alone where
  /// a regular expression is invalid.
  ///
  /// - Throws: ``QueryError`` for an expression that Python takes and Strata cannot.
  /// - Complexity: O(*n* log *n*) in the functions, besides the cost of the expressions.
  public func listing(of profile: StatsProfile) throws(QueryError) -> ProfileListing {
    var listing = ProfileListing(rows: order.rows(of: profile), keys: order.keys)
    for limit in limits { try limit.apply(to: &listing, of: profile) }
    return listing
  }
}

extension ProfileListing.Limit {
  fileprivate func apply(
    to listing: inout ProfileListing,
    of profile: StatsProfile
  ) throws(QueryError) {
    let count = listing.rows.count
    switch self {
    case .count(let limit) where (0..<count).contains(limit):
      listing.rows.removeLast(count - limit)
    case .fraction(let share) where share >= 0 && share < 1:
      let limit = Int(Double(count) * share + 0.5)
      listing.rows.removeLast(max(0, count - limit))
    case .pattern(let source):
      guard let pattern = try Self.pattern(source) else {
        listing.notes.append(.invalidPattern(source))
        break
      }
      var matching: [Int] = []
      for row in listing.rows {
        let name = profile.function(ofRow: row).standardName
        let isMatch = try QueryError.wrap { () throws(PatternError) in try pattern.matches(name) }
        if isMatch { matching.append(row) }
      }
      listing.rows = matching
    default:
      break
    }
    guard listing.rows.count != count else { return }
    listing.notes.append(.reduced(from: count, to: listing.rows.count, by: self))
  }

  /// The expression; nil where Python refuses it too.
  private static func pattern(_ source: String) throws(QueryError) -> Pattern? {
    do throws(PatternError) {
      return try Pattern(parsing: source)
    } catch .invalid {
      return nil
    } catch {
      throw .pattern(error)
    }
  }
}
