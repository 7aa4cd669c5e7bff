// SPDX-License-Identifier: Apache-2.0

/// Which functions of a profile a report shows, in which order, and how they were chosen.
public struct ProfileListing: Hashable, Sendable {
  /// Something that takes functions out of a report; several are applied one after the other.
  public enum Limit: Hashable, Sendable {
    /// The first functions, by number; a number that is negative or too large takes none out.
    case count(Int)
    /// The first functions, by their share from 0 to 1; any other share takes none out.
    case fraction(Double)
    /// The functions whose ``Function/standardName`` a regular expression matches somewhere.
    case pattern(String)
  }

  /// What came of a limit.
  public enum Note: Hashable, Sendable {
    /// The limit took functions out.
    case reduced(from: Int, to: Int, by: Limit)
    /// The regular expression is none, so that it took nothing out.
    case invalidPattern(String)
  }

  /// The rows of the profile that are shown.
  package var rows: [Int]
  /// The keys of the order; empty where it is that of the dump.
  public var keys: [SortKey]
  /// What came of the limits, in their order.
  public var notes: [Note]

  /// Creates a listing.
  package init(rows: [Int], keys: [SortKey], notes: [Note] = []) {
    self.rows = rows
    self.keys = keys
    self.notes = notes
  }

  /// The functions that are shown, in order.
  public func functions(of profile: StatsProfile) -> [FunctionProfile] {
    let functions = profile.functions
    return rows.map { functions[$0] }
  }
}
