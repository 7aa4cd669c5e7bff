// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension JSONWriter {
  /// Writes what `pstats.Stats.get_stats_profile()` returns, faults included, so that people can
  /// compare: functions are keyed by bare name, where the last one wins, and numbers are rounded
  /// to three decimals.
  ///
  /// The object has the fields of CPython's dataclasses: `total_tt` and `func_profiles`, and of each
  /// function `ncalls` (a text such as `7/3`), `tottime`, `percall_tottime`, `cumtime`,
  /// `percall_cumtime` (-1 where there is nothing to divide by), `file_name` and `line_number`.
  ///
  /// - Parameters:
  ///   - profile: The profile.
  ///   - listing: The order, which decides who is last: the display's setting changes the result.
  public mutating func getStatsProfile(_ profile: StatsProfile, _ listing: ProfileListing) {
    object { json in
      guard !profile.rows.isEmpty else {
        json.field("total_tt", 0)
        return json.object("func_profiles") { _ in }
      }
      json.field("total_tt", FixedDecimal.rounded(profile.totalTime))
      json.object("func_profiles") { json in
        for row in Self.survivors(profile, listing) {
          json.newline()
          json.rounded(profile.function(ofRow: row), profile.statistics(of: profile.rows[row]))
        }
      }
    }
  }

  /// The rows that are left of each name: in the place of its first one, the last one.
  private static func survivors(_ profile: StatsProfile, _ listing: ProfileListing) -> [Int] {
    var rows: [Int] = []
    var places: [ByteString: Int] = [:]
    for row in listing.rows {
      let name = profile.function(ofRow: row).name
      if let place = places[name] {
        rows[place] = row
      } else {
        places[name] = rows.count
        rows.append(row)
      }
    }
    return rows
  }

  private mutating func rounded(_ function: Function, _ figures: CallStatistics) {
    object(function.name) { json in
      json.field("ncalls", figures.callsText)
      json.field("tottime", FixedDecimal.rounded(figures.selfTime))
      json.perCall("percall_tottime", figures.selfTime, figures.callCount)
      json.field("cumtime", FixedDecimal.rounded(figures.cumulativeTime))
      json.perCall("percall_cumtime", figures.cumulativeTime, figures.primitiveCallCount)
      json.field("file_name", function.file)
      json.field("line_number", function.line)
    }
  }

  private mutating func perCall(_ key: String, _ time: Double, _ count: CallCount) {
    guard count != 0 else { return field(key, -1) }
    field(key, FixedDecimal.rounded(time / Double(count)))
  }
}

extension FixedDecimal {
  /// The number that is read back from three decimals, as CPython's `float("%8.3f" % x)`.
  fileprivate static func rounded(_ value: Double) -> Double {
    Double(String(decoding: text(of: value), as: UTF8.self)) ?? value
  }
}
