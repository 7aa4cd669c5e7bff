// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

@testable import StrataCharts

struct QuantityTests {
  @Test(
    arguments: [
      (0, "0 s"), (1, "1 ns"), (999, "999 ns"), (1_000, "1.00 µs"), (12_345, "12.3 µs"),
      (999_600, "1.00 ms"), (1_234_567, "1.23 ms"), (99_960_000, "100 ms"),
      (-2_500_000, "-2.50 ms"),
      (1_500_000_000, "1.50 s"), (12_345_000_000_000, "12,345 s"),
    ] as [(Double, String)]
  )
  func `times choose their unit by size`(value: Double, text: String) {
    #expect(Quantity(value, unit: .nanoseconds).description == text)
  }

  @Test(
    arguments: [
      (0, "0"), (7, "7"), (2.5, "2.50"), (1_234, "1,234"), (9_999, "9,999"), (12_345, "12.3 k"),
      (4_500_000, "4.50 M"), (7.25e9, "7.25 G"), (1e12, "1.00 T"), (-12_345, "-12.3 k"),
    ] as [(Double, String)]
  )
  func `counts choose their unit by size`(value: Double, text: String) {
    #expect(Quantity(value, unit: .calls).description == text)
  }

  @Test func `figures per call say so`() {
    #expect(Quantity(8.5, unit: .nanosecondsPerCall).description == "8.50 ns/call")
  }

  @Test func `differences carry their sign`() {
    #expect(Quantity(2_910_000, unit: .nanoseconds).signedDescription == "+2.91 ms")
    #expect(Quantity(-1_000, unit: .nanoseconds).signedDescription == "-1.00 µs")
  }

  @Test func `what no unit makes short has an exponent`() {
    #expect(Quantity(1.7e38, unit: .nanoseconds).description == "1.70e29 s")
    #expect(Quantity(.infinity, unit: .calls).description == "–")
    #expect(Quantity(.nan, unit: .nanoseconds).description == "–")
  }

  @Test func `a divisor of zero is undefined`() {
    var value = MetricValue(5)
    value.divisor = 0
    #expect(Quantity(value, unit: .calls) == nil)
  }

  @Test(
    arguments: [
      (0, "0"), (1.005, "1"), (12.345, "12.35"), (-0.001, "0"), (-3.5, "-3.5"), (100, "100"),
    ] as [(Double, String)]
  )
  func `coordinates are short`(value: Double, text: String) {
    #expect(value.coordinate == text)
  }
}
