// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

struct NanosecondsTests {
  /// The nearest nanosecond by whole numbers alone, ties away from zero; nil beyond ±2⁶² ns.
  private static func exact(_ seconds: Double) -> Int64? {
    guard seconds.isFinite, seconds.magnitude < 0x1p40 else { return nil }
    if seconds == 0 { return 0 }
    let shift = Int(seconds.exponent) - 52
    let significand = UInt128(seconds.significandBitPattern | 1 << 52)
    let scaled = significand * 1_000_000_000
    let magnitude: UInt128
    if shift >= 0 {
      magnitude = scaled << UInt128(shift)
    } else if shift < -120 {
      magnitude = 0
    } else {
      let unit = UInt128(1) << UInt128(-shift)
      magnitude = scaled / unit + (scaled % unit * 2 >= unit ? 1 : 0)
    }
    guard magnitude <= 1 << 62 else { return nil }
    return seconds < 0 ? -Int64(magnitude) : Int64(magnitude)
  }

  @Test(
    arguments: [
      (0.0, 0), (-0.0, 0), (1e-9, 1), (0.5, 500_000_000), (1.5e-9, 1), (2.5e-9, 3),
      (-2.5e-9, -3), (4.9e-10, 0), (0.0625, 62_500_000), (8.204800000000001e-05, 82_048),
      (1_767_603_600.771, 1_767_603_600_770_999_908), (.leastNonzeroMagnitude, 0),
      (86_400 * 365, 31_536_000_000_000_000),
    ] as [(Double, Int64)]
  )
  func `is the nearest nanosecond`(_ seconds: Double, _ expected: Int64) {
    #expect(Nanoseconds(nearestTo: seconds)?.count == expected)
  }

  @Test
  func `agrees with whole numbers for any magnitude`() {
    var random = SeededGenerator(seed: 1)
    for exponent in -40..<34 {
      for _ in 0..<400 {
        let low = Double(sign: .plus, exponent: exponent, significand: 1)
        let seconds = Double.random(in: low..<low * 2, using: &random)
        for value in [seconds, -seconds] {
          #expect(Nanoseconds(nearestTo: value)?.count == Self.exact(value), "\(value)")
        }
      }
    }
  }

  @Test
  func `agrees with whole numbers next to each half nanosecond`() {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<20_000 {
      let half = (Double(Int64.random(in: 0..<1 << 20, using: &random)) + 0.5) * 1e-9
      for value in [half.nextDown, half, half.nextUp, -half] {
        #expect(Nanoseconds(nearestTo: value)?.count == Self.exact(value), "\(value)")
      }
    }
  }

  @Test
  func `every whole nanosecond comes back`() {
    var random = SeededGenerator(seed: 3)
    for bits in 1...50 {
      for _ in 0..<100 {
        let count = Int64.random(in: 0..<1 << Int64(bits), using: &random)
        #expect(Nanoseconds(nearestTo: Double(count) * 1e-9)?.count == count)
        #expect(Nanoseconds(nearestTo: Double(count) / 1e9)?.count == count)
      }
    }
  }

  @Test
  func `the limit is 2⁶² nanoseconds`() {
    let limit = 4_611_686_018.427387904
    #expect(Self.exact(limit.nextDown) != nil)
    for seconds in [limit.nextDown, limit, limit.nextUp, -limit, -limit.nextUp, 1e10, 1e308] {
      #expect(Nanoseconds(nearestTo: seconds)?.count == Self.exact(seconds), "\(seconds)")
    }
  }

  @Test(arguments: [Double.nan, -Double.nan, .infinity, -.infinity, .signalingNaN])
  func `what is not finite has no nanosecond`(_ seconds: Double) {
    #expect(Nanoseconds(nearestTo: seconds) == nil)
  }

  @Test
  func `a duration counts whole nanoseconds, cutting the rest`() {
    #expect(Duration.seconds(10).nanoseconds == 10_000_000_000)
    #expect(Duration.nanoseconds(-1).nanoseconds == -1)
    #expect(Duration.nanoseconds(Int64.max).nanoseconds == .max)
    #expect(Duration.nanoseconds(Int64.min).nanoseconds == .min)
    #expect(Duration(secondsComponent: 0, attosecondsComponent: 999_999_999).nanoseconds == 0)
    #expect(
      Duration(secondsComponent: 1, attosecondsComponent: 1_999_999_999).nanoseconds
        == 1_000_000_001
    )
    #expect(Duration(secondsComponent: 0, attosecondsComponent: -1).nanoseconds == 0)
    #expect(Duration.seconds(Int64(1) << 40).nanoseconds == nil)
  }

  /// Sums of nanoseconds of more than 53 bits become the nearest number, of two the even one.
  @Test
  func `seconds are the nearest number of nanoseconds times a billionth`() {
    var random = SeededGenerator(seed: 3)
    for shift in 2...70 {
      for _ in 0..<50 {
        let significand = Int64.random(in: 1 << 52..<1 << 53, using: &random)
        let (unit, half) = (Int128(1) << Int128(shift), Int128(1) << Int128(shift - 1))
        let sum = Int128(significand) * unit
        let nearest = Double(significand) * Double(unit)
        let next = Double(significand + 1) * Double(unit)
        let tie = significand.isMultiple(of: 2) ? nearest : next
        for (count, expected) in [
          (sum, nearest), (sum + half - 1, nearest), (sum + half, tie), (sum + unit - 1, next),
        ] {
          #expect(Nanoseconds.Sum(count).seconds == expected * 1e-9)
          #expect(Nanoseconds.Sum(-count).seconds == -expected * 1e-9)
        }
      }
    }
    #expect(Nanoseconds.Sum.zero.seconds.bitPattern == 0)
    #expect((82_048 as Nanoseconds.Sum).seconds == 8.204800000000001e-05)
  }
}
