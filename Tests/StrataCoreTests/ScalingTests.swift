// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

struct ScalingTests {
  @Test(
    arguments: [
      (10, 1, 4, 3), (-10, 1, 4, -3), (10, -1, 4, -3), (10, 1, -4, -3), (-10, -1, 4, 3),
      (-10, -1, -4, -3), (9, 1, 4, 2), (7, 3, 1, 21), (0, 5, -3, 0), (.max, .max, .max, .max),
      (.min, 1, .min, 1), (.min + 1, .max, .max, .min + 1), (.max, 2, 4, 1 << 126),
    ] as [(Int128, Int128, Int128, Int128)]
  )
  func `rounds to the nearest, ties away from zero`(
    _ value: Int128,
    _ factor: Int128,
    _ divisor: Int128,
    _ expected: Int128
  ) {
    #expect(value.multiplied(by: factor, dividedBy: divisor) == expected)
  }

  @Test(
    arguments: [(1, 1, 0), (.max, 2, 1), (.min, -1, 1), (.max, .max, 3), (.max, 3, 2)]
      as [(Int128, Int128, Int128)]
  )
  func `what does not fit is nil`(_ value: Int128, _ factor: Int128, _ divisor: Int128) {
    #expect(value.multiplied(by: factor, dividedBy: divisor) == nil)
  }

  @Test
  func `the error is at most half, at any size`() throws {
    var random = SeededGenerator(seed: 3)
    func number() -> Int128 {
      Int128.random(in: .min ... .max, using: &random) >> Int.random(in: 0...126, using: &random)
    }
    for _ in 0..<20_000 {
      let (value, factor, divisor) = (number(), number(), number())
      guard let result = value.multiplied(by: factor, dividedBy: divisor) else {
        continue
      }
      // value × factor - result × divisor, in wrapping arithmetic: the true difference is small.
      let rest = (value &* factor) &- (result &* divisor)
      #expect(rest.magnitude <= divisor.magnitude - rest.magnitude)
    }
  }
}
