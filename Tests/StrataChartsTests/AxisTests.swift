// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

@testable import StrataCharts

struct AxisTests {
  @Test(
    arguments: [
      (38_900_000, 5, ["0", "10 ms", "20 ms", "30 ms", "40 ms"]),
      (269_000, 6, ["0", "50 µs", "100 µs", "150 µs", "200 µs", "250 µs", "300 µs"]),
      (1_700_000_000, 4, ["0", "0.5 s", "1.0 s", "1.5 s", "2.0 s"]),
      (7, 1, ["0", "10 ns"]),
    ] as [(Double, Int, [String])]
  )
  func `values have steps of one, two or five`(maximum: Double, steps: Int, labels: [String]) {
    let axis = ValueAxis(maximum: maximum, mostSteps: steps, unit: .nanoseconds)
    #expect(axis.ticks.map(\.label) == labels)
  }

  @Test func `there are no half calls`() {
    let axis = ValueAxis(maximum: 2, mostSteps: 8, unit: .calls)
    #expect(axis.ticks.map(\.label) == ["0", "1", "2"])
  }

  @Test(
    arguments: [0, -5, 1e-300, .leastNonzeroMagnitude, 1, 1e18, 1.7e38, 1e308, .infinity, .nan]
      as [Double]
  )
  func `an axis reaches any maximum`(maximum: Double) {
    let axis = ValueAxis(maximum: maximum, mostSteps: 5, unit: .nanoseconds)
    #expect((1...5).contains(axis.stepCount))
    #expect(axis.step > 0 && axis.maximum.isFinite)
    #expect(!(maximum.isFinite && axis.maximum < maximum * 0.999_999))
  }

  @Test(arguments: [
    (
      "2026-01-05T09:00:00Z", "2026-01-05T09:00:40Z", 4,
      ["09:00:00", "09:00:10", "09:00:20", "09:00:30", "09:00:40"]
    ),
    (
      "2026-01-05T09:00:20Z", "2026-01-05T09:11:20Z", 6,
      ["09:02", "09:04", "09:06", "09:08", "09:10"]
    ),
    ("2026-01-05T09:00:00Z", "2026-01-06T09:00:00Z", 5, ["12:00", "18:00", "00:00", "06:00"]),
    ("2026-01-05T00:00:00Z", "2026-01-08T00:00:00Z", 4, ["Jan 5", "Jan 6", "Jan 7", "Jan 8"]),
    ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", 5, ["Jan 5", "Jan 12", "Jan 19", "Jan 26"]),
    ("2025-11-15T00:00:00Z", "2026-02-15T00:00:00Z", 5, ["Dec", "Jan", "Feb"]),
    ("2000-06-01T00:00:00Z", "2026-06-01T00:00:00Z", 6, ["2005", "2010", "2015", "2020", "2025"]),
    (
      "2026-01-05T09:00:00Z", "2026-01-05T09:00:00.004Z", 4,
      ["09:00:00.000", "09:00:00.001", "09:00:00.002", "09:00:00.003", "09:00:00.004"]
    ),
  ])
  func `times have ticks at natural instants`(
    start: String,
    end: String,
    most: Int,
    labels: [String]
  ) throws {
    let axis = try axis(start, end, most)
    #expect(axis.ticks.map(\.label) == labels)
  }

  @Test func `the date stands at the first tick and where it changes`() throws {
    let axis = try axis("2026-01-05T20:00:00Z", "2026-01-06T04:00:00Z", 4)
    #expect(axis.ticks.map(\.label) == ["20:00", "22:00", "00:00", "02:00", "04:00"])
    #expect(axis.ticks.map(\.context) == ["2026-01-05 UTC", nil, "2026-01-06", nil, nil])
  }

  @Test func `a range without a natural instant has its start`() throws {
    let axis = try axis("2026-01-05T09:00:07Z", "2026-01-05T09:00:07Z", 0)
    #expect(axis.ticks.map(\.label) == ["09:00:07"])
  }

  @Test func `the whole range of times has ticks`() {
    let range = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
    let axis = TimeAxis(from: range.0, through: range.1, mostTicks: 8)
    #expect(axis.ticks.map(\.label) == ["1700", "1800", "1900", "2000", "2100", "2200"])
  }

  private func axis(_ start: String, _ end: String, _ most: Int) throws -> TimeAxis {
    TimeAxis(
      from: try #require(Timestamp(iso8601: start)),
      through: try #require(Timestamp(iso8601: end)),
      mostTicks: most
    )
  }
}
