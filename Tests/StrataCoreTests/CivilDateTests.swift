// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import Testing

struct CivilDateTests {
  /// Source: Python's `date(y, m, d).toordinal() - date(1970, 1, 1).toordinal()`.
  @Test(
    arguments: [
      (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017),
      (1900, 2, 28, -25_509), (1900, 3, 1, -25_508), (2400, 2, 29, 157_113), (1, 1, 1, -719_162),
      (9999, 12, 31, 2_932_896), (1582, 10, 15, -141_427), (2026, 1, 5, 20_458),
    ] as [(Int64, Int64, Int64, Int64)]
  )
  func `counts days as Python does`(_ year: Int64, _ month: Int64, _ day: Int64, _ days: Int64) {
    let date = CivilDate(year: year, month: month, day: day)
    #expect(date?.daysSinceEpoch == days)
    #expect(CivilDate(daysSinceEpoch: days) == date)
  }

  @Test
  func `days follow one another without a gap`() {
    var date = CivilDate(daysSinceEpoch: -110_000)
    for days in Int64(-109_999)...110_000 {
      let next = CivilDate(daysSinceEpoch: days)
      #expect(next.daysSinceEpoch == days)
      let isNextDay = next.day == date.day + 1 && next.month == date.month
      let isNextMonth = next.day == 1 && next.month == date.month % 12 + 1
      guard isNextDay || isNextMonth else {
        Issue.record("\(next) follows \(date)")
        return
      }
      date = next
    }
  }

  @Test(
    arguments: [
      (2026, 2, 29), (1900, 2, 29), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32),
      (2026, 4, 31), (2026, -1, 5), (2026, 1, -5),
    ] as [(Int64, Int64, Int64)]
  )
  func `refuses a day that the calendar does not have`(
    _ year: Int64,
    _ month: Int64,
    _ day: Int64
  ) {
    #expect(CivilDate(year: year, month: month, day: day) == nil)
  }

  @Test(
    arguments: [(7, 3, 2, 1), (-7, 3, -3, 2), (-6, 3, -2, 0), (0, 3, 0, 0), (6, 3, 2, 0)]
      as [(Int64, Int64, Int64, Int64)]
  )
  func `a quotient is rounded down`(
    _ value: Int64,
    _ divisor: Int64,
    _ quotient: Int64,
    _ modulus: Int64
  ) {
    let result = value.quotientAndModulus(dividingBy: divisor)
    #expect(result.quotient == quotient)
    #expect(result.modulus == modulus)
  }
}
