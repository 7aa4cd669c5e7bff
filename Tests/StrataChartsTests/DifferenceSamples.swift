// SPDX-License-Identifier: Apache-2.0

import StrataCharts
import StrataCore

extension Samples {
  /// Two sides that differ in every way: slower, more, faster and fewer calls, one function that
  /// appeared and one that vanished.
  static func comparison(
    functions: [Function] = functions,
    grouping: ProfileComparison.Matching = .function,
    isPerCapture: Bool = false
  ) -> ProfileComparison {
    let old: [(Int128, Int128)] = [(40, 900_000), (1_000, 4_200_000), (7, 50_000), (12, 3_000_000)]
    let new: [(Int128, Int128)] = [
      (400, 31_000_000), (1_500, 9_100_000), (9, 12_000), (2, 400_000), (64, 5_600_000),
    ]
    func side(_ figures: [(Int128, Int128)], captures: Int, skipping: Int?) -> CaptureSum {
      var sum = CaptureSum(captures: captures, kind: .traced, clock: .wall)
      sum.first = start
      sum.last = Timestamp(nanoseconds: start.nanoseconds + 359_123_456_789)
      for (index, function) in functions.enumerated() where index != skipping {
        let (calls, time) = index < figures.count ? figures[index] : (Int128(index), 70_000)
        guard calls > 0, index < figures.count || functions.count > 5 else { continue }
        sum.add(
          FunctionTotals(
            callCount: calls,
            primitiveCallCount: calls,
            selfTime: Nanoseconds.Sum(time),
            cumulativeTime: Nanoseconds.Sum(2 * time)
          ),
          to: function
        )
      }
      return sum
    }
    return ProfileComparison(
      of: side(old, captures: 90, skipping: nil),
      with: side(new, captures: 77, skipping: 3),
      grouping: grouping,
      isPerCapture: isPerCapture
    )
  }

  static let differenceLabels = ComparisonLabels(
    subtitle: "endpoint=a<b",
    before: "until 09:06",
    after: "since 09:06",
    advice: [.capturesDiffer: "means are no sums"]
  )

  /// Comparisons that no honest program makes, and that must not break a picture.
  static var extremeComparisons: [ProfileComparison] {
    func sum(_ figures: [(Int128, Int128)]) -> CaptureSum {
      var sum = CaptureSum(captures: figures.count)
      for (index, (calls, time)) in figures.enumerated() {
        let function = function("a.py", index, "f")
        sum.functions[function] = FunctionTotals(
          callCount: calls,
          primitiveCallCount: calls,
          selfTime: Nanoseconds.Sum(time),
          cumulativeTime: Nanoseconds.Sum(time)
        )
      }
      return sum
    }
    let largest = Int128(1) << 94
    let sides = [
      sum([]), sum([(0, 0)]), sum([(1, 1), (0, -5)]), sum([(largest, largest)]),
      sum([(largest, -largest), (1, largest), (-3, 4)]), sum([(0, 7), (3, 0)]),
    ]
    return sides.flatMap { old in
      sides.flatMap { new in
        [false, true].map { ProfileComparison(of: old, with: new, isPerCapture: $0) }
      }
    }
  }
}
