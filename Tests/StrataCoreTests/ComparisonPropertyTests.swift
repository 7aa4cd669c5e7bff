// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

/// What holds for every two sums of captures.
struct ComparisonPropertyTests {
  private static func sum(_ random: inout SeededGenerator) -> CaptureSum {
    var sum = CaptureSum(captures: .random(in: 1...50, using: &random))
    for index in 0..<40 where Bool.random(using: &random) {
      let bits = Int.random(in: 1...62, using: &random)
      func number() -> Int128 { Int128.random(in: 0..<1 << Int128(bits), using: &random) }
      let hasCalls = Int.random(in: 0..<8, using: &random) > 0
      sum.add(
        FunctionTotals(
          callCount: hasCalls ? number() : 0,
          primitiveCallCount: hasCalls ? number() : 0,
          selfTime: Nanoseconds.Sum(
            Int.random(in: 0..<8, using: &random) == 0 ? -number() : number()
          ),
          cumulativeTime: Nanoseconds.Sum(number())
        ),
        to: .at("a.py", index, "f")
      )
    }
    return sum
  }

  @Test(arguments: [false, true])
  func `the changes of all functions add up to that of the total`(isPerCapture: Bool) throws {
    var random = SeededGenerator(seed: 21)
    for _ in 0..<200 {
      let (old, new) = (Self.sum(&random), Self.sum(&random))
      let comparison = ProfileComparison(of: old, with: new, isPerCapture: isPerCapture)
        .keeping(.random(in: 0...50, using: &random))
      let parts = comparison.functions.map(\.difference) + [comparison.other]
      let total = comparison.total
      for figure: (ProfileDifference) -> Int128? in [
        { $0.selfTime.change?.value?.sum }, { $0.callCount.change?.value?.sum },
        { $0.selfTime.before?.sum },
        { $0.selfTime.after?.sum }, { $0.moreCalls.sum }, { $0.slowerCalls.sum },
      ] {
        #expect(parts.compactMap(figure).reduce(0, +) == figure(total))
      }
      for part in parts + [total] {
        #expect(part.moreCalls.sum + part.slowerCalls.sum == part.selfTime.change?.value?.sum)
        #expect(part.moreCalls.divisor == part.selfTime.change?.value?.divisor)
      }
      #expect(
        comparison.functions.count + comparison.otherCount
          == Set(old.functions.keys).union(new.functions.keys).count
      )
    }
  }

  @Test
  func `more calls is the rounded first term, slower calls the remainder`() throws {
    var random = SeededGenerator(seed: 22)
    for _ in 0..<200 {
      let (old, new) = (Self.sum(&random), Self.sum(&random))
      for change in ProfileComparison(of: old, with: new).functions {
        let (old, new) = (change.difference.before, change.difference.after)
        let split = change.difference
        if old.callCount == 0 || new.callCount == 0 {
          #expect(split.moreCalls.sum == (new.selfTime - old.selfTime).count)
          continue
        }
        // |moreCalls - Δcalls × old self ÷ old calls| ≤ ½, in 256 bits.
        let product = (new.callCount - old.callCount) * old.selfTime.count
        let rest = product - split.moreCalls.sum * old.callCount
        #expect(rest.magnitude * 2 <= old.callCount.magnitude)
        // new calls × Δ per call = new self - new calls × old self ÷ old calls.
        #expect(split.slowerCalls.sum == (new.selfTime - old.selfTime).count - split.moreCalls.sum)
      }
    }
  }

  @Test
  func `turning the sides round turns every change round`() {
    var random = SeededGenerator(seed: 23)
    for _ in 0..<100 {
      let (old, new) = (Self.sum(&random), Self.sum(&random))
      let there = ProfileComparison(of: old, with: new, isPerCapture: true)
      let back = ProfileComparison(of: new, with: old, isPerCapture: true)
      #expect(there.functions.map(\.function) == back.functions.map(\.function))
      for (left, right) in zip(there.functions, back.functions) {
        let changes = (left.difference.selfTime.change, right.difference.selfTime.change)
        #expect(changes.0?.value?.sum == changes.1?.value.map { -$0.sum })
        #expect((left.presence == .appeared) == (right.presence == .vanished))
      }
      #expect(
        ProfileComparison(of: old, with: old).functions.allSatisfy {
          $0.difference.moreCalls == .zero && $0.difference.slowerCalls == .zero
        }
      )
    }
  }
}
