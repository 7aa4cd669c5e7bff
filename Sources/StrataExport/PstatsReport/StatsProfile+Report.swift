// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension StatsProfile {
  /// The figures of the functions as text, as pstats prints them.
  ///
  /// ```swift
  /// print(profile.report(sortedBy: [.cumulativeTime, .name], limit: 20))
  /// ```
  ///
  /// Without arguments it is what `pstats.Stats(…).sort_stats(-1).print_stats()` prints: every
  /// function, by the text that stands for it. Bytes of names that are no UTF-8 become U+FFFD;
  /// ``PstatsReport`` gives them unchanged, and callers and callees too.
  ///
  /// - Parameters:
  ///   - keys: The order, the most important key first; none leaves the order of the dump.
  ///   - limit: How many functions are shown; nil, or a number that is negative or too large, shows
  ///     all.
  ///   - isStripped: Whether the folders of file names are left out; functions that become the
  ///     same are summed.
  /// - Returns: The report, with empty lines at its end as pstats has them.
  /// - Complexity: O(*n* log *n*) in the functions.
  public func report(
    sortedBy keys: [SortKey] = [.standardName],
    limit: Int? = nil,
    strippingDirectories isStripped: Bool = false
  ) -> String {
    let profile = isStripped ? strippingDirectories() : self
    let listing = ProfileListing(of: profile, sortedBy: keys, limit: limit)
    return String(decoding: PstatsReport(profile, listing).statistics, as: UTF8.self)
  }

  /// The figures of the functions as text, as pstats prints them, by one key.
  ///
  /// ```swift
  /// print(profile.report(sortedBy: .selfTime, limit: 10))
  /// ```
  ///
  /// - Parameters:
  ///   - key: What the functions are ordered by.
  ///   - limit: How many functions are shown; nil, or a number that is negative or too large, shows
  ///     all.
  ///   - isStripped: Whether the folders of file names are left out; functions that become the
  ///     same are summed.
  /// - Returns: The report, with empty lines at its end as pstats has them.
  /// - Complexity: O(*n* log *n*) in the functions.
  public func report(
    sortedBy key: SortKey,
    limit: Int? = nil,
    strippingDirectories isStripped: Bool = false
  ) -> String {
    report(sortedBy: [key], limit: limit, strippingDirectories: isStripped)
  }
}

extension ProfileListing {
  /// The first functions in an order, with pstats' note where some are left out.
  fileprivate init(of profile: StatsProfile, sortedBy keys: [SortKey], limit: Int?) {
    self.init(rows: ProfileOrder(keys).rows(of: profile), keys: keys)
    guard let limit, (0..<rows.count).contains(limit) else { return }
    notes = [.reduced(from: rows.count, to: limit, by: .count(limit))]
    rows.removeLast(rows.count - limit)
  }
}
