// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Numbers that look random and are the same for the same seed (SplitMix64, Steele and others, 2014).
struct RandomSource: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64, _ part: Int) {
    state = seed &+ UInt64(bitPattern: Int64(part)) &* 0xd1b5_4a32_d192_ed03
    _ = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return bits ^ bits >> 31
  }

  /// A number from 0 up, below 1.
  mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Whether something of this probability happens.
  mutating func happens(_ probability: Double) -> Bool {
    unit() < probability
  }
}

/// Factors around 1 whose logarithms are distributed normally: times of programs look like that.
struct Lognormal {
  /// Factors at random, so that drawing one takes no logarithm.
  private let factors: [Double]

  init(deviation: Double) {
    var source = RandomSource(seed: 4711, 0)
    factors = (0..<4096).map { _ in
      // Box and Muller's transform; 1 - unit is never zero.
      let radius = sqrt(-2 * log(1 - source.unit()))
      return exp(deviation * radius * cos(2 * .pi * source.unit()))
    }
  }

  func draw(from source: inout RandomSource) -> Double {
    factors[Int(source.next() >> 52)]
  }
}
