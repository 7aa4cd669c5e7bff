// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

struct ProfileComparisonTests {
  private static let f = Function.at("/x/a.py", 3, "f")
  private static let g = Function.at("/x/a.py", 9, "g")
  private static let h = Function.at("/y/a.py", 3, "f")

  private static func profile(_ costs: Cost...) -> StatsProfile {
    StatsProfile(functions: costs.map(\.profile))
  }

  private static func compare(
    _ old: StatsProfile,
    _ new: StatsProfile,
    grouping: ProfileComparison.Matching = .function,
    strips: Bool = false
  ) throws -> ProfileComparison {
    try ProfileComparison(of: old, with: new, grouping: grouping, stripsDirectories: strips)
  }

  @Test
  func `all figures of a function, old and new`() throws {
    let comparison = try Self.compare(
      Self.profile(Cost(Self.f, calls: 4, primitiveCalls: 2, selfTime: 100, cumulativeTime: 300)),
      Self.profile(Cost(Self.f, calls: 6, primitiveCalls: 3, selfTime: 180, cumulativeTime: 330))
    )
    let change = try #require(comparison.functions.first)
    let difference = change.difference
    #expect(change.function == Self.f && change.presence == .both)
    #expect(difference.callCount.change?.value == MetricValue(2))
    #expect(difference.primitiveCallCount.change?.value == MetricValue(1))
    #expect(difference.selfTime.before == MetricValue(100))
    #expect(difference.selfTime.after == MetricValue(180))
    #expect(difference.selfTime.change?.value == MetricValue(80))
    #expect(difference.cumulativeTime.change?.value == MetricValue(30))
    #expect(difference.selfTimePerCall.before == MetricValue(100, dividedBy: 4))
    #expect(difference.selfTimePerCall.change?.double == 5)
    #expect(difference.cumulativeTimePerCall.change?.double == -40)
    // 2 calls more at 25 ns; 6 calls that take 5 ns more each.
    #expect(difference.moreCalls == MetricValue(50))
    #expect(difference.slowerCalls == MetricValue(30))
  }

  @Test
  func `a function on one side alone has appeared or vanished, and is all more calls`() throws {
    let comparison = try Self.compare(
      Self.profile(Cost(Self.f, calls: 2, selfTime: 10)),
      Self.profile(Cost(Self.g, calls: 3, selfTime: 40))
    )
    #expect(comparison.functions.map(\.function) == [Self.g, Self.f])
    #expect(comparison.functions.map(\.presence) == [.appeared, .vanished])
    #expect(comparison.functions.map(\.difference.moreCalls.sum) == [40, -10])
    #expect(comparison.functions.allSatisfy { $0.difference.slowerCalls == .zero })
    #expect(comparison.functions[0].difference.selfTimePerCall.before == nil)
    #expect(comparison.functions[0].difference.selfTimePerCall.change == nil)
    #expect(comparison.total.selfTime.change?.value == MetricValue(30))
  }

  @Test
  func `addresses and, if asked, lines and folders do not make a function another one`() throws {
    let old = Self.profile(
      Cost(.at("~", 0, "<new of type object at 0x7ff8>"), selfTime: 1),
      Cost(Self.f, selfTime: 10)
    )
    let new = Self.profile(
      Cost(.at("~", 0, "<new of type object at 0x1234>"), selfTime: 1),
      Cost(.at("/x/a.py", 5, "f"), selfTime: 10),
      Cost(Self.h, selfTime: 4)
    )
    let byFunction = try Self.compare(old, new)
    #expect(byFunction.functions.map(\.presence).filter { $0 == .both }.count == 1)
    #expect(byFunction.functions.count == 4)
    #expect(byFunction.warnings == [.functionsMoved(1)])
    #expect(
      byFunction.warnings.map(\.message) == [
        "1 function vanishes at one line of a file and appears at another"
      ]
    )
    let byName = try Self.compare(old, new, grouping: .name)
    #expect(byName.functions.map(\.function.line) == [0, 0, 0])
    #expect(byName.functions.map { $0.difference.selfTime.change?.value?.sum } == [4, 0, 0])
    #expect(byName.warnings.isEmpty)
    let stripped = try Self.compare(old, new, grouping: .name, strips: true)
    #expect(stripped.functions.map(\.presence) == [.both, .both])
    #expect(stripped.functions.first?.difference.selfTime.after == MetricValue(14))
  }

  @Test
  func `a time that cannot be summed is an error that names the function`() {
    var endless = Self.profile(Cost(Self.f, selfTime: 1)).functions.map(\.self)
    endless[0].statistics.selfTime = .infinity
    let bad = StatsProfile(functions: endless)
    for sides in [(bad, StatsProfile()), (StatsProfile(), bad)] {
      let error = caught(as: CaptureError.self) { _ = try Self.compare(sides.0, sides.1) }
      #expect(error?.function == Self.f && error?.figure == "self time")
    }
  }

  @Test
  func `orders by the size of the change, and the rest is other`() throws {
    let comparison = try Self.compare(
      Self.profile(
        Cost(Self.f, calls: 10, selfTime: 100, cumulativeTime: 100),
        Cost(Self.g, calls: 10, selfTime: 200, cumulativeTime: 200),
        Cost(Self.h, calls: 1, selfTime: 10, cumulativeTime: 900)
      ),
      Self.profile(
        Cost(Self.f, calls: 90, selfTime: 120, cumulativeTime: 120),
        Cost(Self.g, calls: 9, selfTime: 150, cumulativeTime: 150),
        Cost(Self.h, calls: 1, selfTime: 9, cumulativeTime: 200)
      )
    )
    func order(_ order: ProfileComparison.Order) -> [Function] {
      comparison.sorted(by: order).functions.map(\.function)
    }
    #expect(order(.selfTime) == [Self.g, Self.f, Self.h])
    #expect(order(.cumulativeTime) == [Self.h, Self.g, Self.f])
    #expect(order(.calls) == [Self.f, Self.g, Self.h])
    #expect(order(.selfTimePerCall) == [Self.f, Self.g, Self.h])
    #expect(order(.name) == [Self.f, Self.g, Self.h])
    let kept = comparison.keeping(1)
    #expect(kept.functions.map(\.function) == [Self.g])
    #expect(kept.otherCount == 2)
    #expect(kept.other.selfTime.change?.value == MetricValue(19))
    #expect(kept.keeping(0).other.selfTime.change == kept.total.selfTime.change)
    #expect(comparison.keeping(7).otherCount == 0)
  }

  @Test
  func `per capture, both sides are divided by their captures`() {
    func sum(_ captures: Int, _ calls: Int128, _ selfTime: Nanoseconds.Sum) -> CaptureSum {
      let figures = FunctionTotals(
        callCount: calls,
        primitiveCallCount: calls,
        selfTime: selfTime,
        cumulativeTime: selfTime
      )
      return CaptureSum(captures: captures, functions: [Self.f: figures])
    }
    let (old, new) = (sum(4, 8, 400), sum(6, 18, 1800))
    let total = ProfileComparison(of: old, with: new, isPerCapture: true).total
    #expect(total.callCount.before?.double == 2 && total.callCount.after?.double == 3)
    #expect(total.selfTime.change?.double == 200)
    // One call more at 50 ns, three calls that take 50 ns more each.
    #expect(total.moreCalls.double == 50 && total.slowerCalls.double == 150)
    #expect(total.selfTimePerCall.change?.double == 50)
    let none = ProfileComparison(of: CaptureSum(captures: 0), with: new, isPerCapture: true).total
    #expect(none.selfTime.before == MetricValue(0, dividedBy: 6))
    #expect(none.selfTime.change?.double == 300)
  }
}
