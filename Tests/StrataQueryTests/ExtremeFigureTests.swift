// SPDX-License-Identifier: Apache-2.0

import PythonPattern
import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

/// The largest figures that an import accepts: each question ends with an answer or an error.
struct ExtremeFigureTests {
  /// The longest time: the number below 2⁶² ns.
  private static let longest = (Double(Nanoseconds.limit) * 1e-9).nextDown
  private static let heaviest = Weight(exactMillionths: 10_000_000_000_000_000)

  private static func profile(_ count: Int, _ time: Double, calls: CallCount) -> StatsProfile {
    let figures = CallStatistics.of(calls, time, time)
    return StatsProfile(
      functions: (0..<count).map { number in
        let function = Function.at(ByteString("m\(number % 3).py"), number, "f")
        let caller = CallEdge(caller: .at("m0.py", 0, "f"), figures: .full(figures))
        return FunctionProfile(function: function, statistics: figures, callers: [caller])
      }
    )
  }

  private static func record(
    _ number: Int,
    start: Int64 = 0,
    weight: Weight = .one,
    labels: Labels = [:],
    _ profile: StatsProfile
  ) -> Capture {
    Capture(
      id: ProfileID(given: "\(number)"),
      start: Timestamp(nanoseconds: start),
      weight: weight,
      labels: labels,
      profile: profile
    )
  }

  /// Every question that has a meaning.
  private static let questions: [SliceQuery] = {
    let pattern = try? Pattern(parsing: "m0")
    let groupings: [Grouping] = [.function, .file, .module, .label("k"), .all]
    var questions: [SliceQuery] = []
    for metric in Metric.allCases {
      for statistic in Statistic.allCases {
        for grouping in groupings {
          for isWeighted in [false, true] {
            for (top, functions) in [(nil, nil), (1, pattern), (0, nil)] {
              questions.append(
                SliceQuery(
                  metric: metric,
                  statistic: statistic,
                  every: .seconds(3_600 * 24 * 365 * 200),
                  grouping: grouping,
                  functions: functions,
                  top: top,
                  isWeighted: isWeighted
                )
              )
            }
          }
        }
      }
    }
    return questions
  }()

  private static func askAll(
    _ store: some ProfileStore
  ) async throws -> (answers: Int, tooLarge: Int) {
    var (answers, tooLarge) = (0, 0)
    for question in questions {
      do {
        let result = try await store.slices(question)
        answers += 1
        #expect(result.slices.allSatisfy { $0.total?.double.isFinite ?? true })
      } catch QueryError.meaningless {
        continue
      } catch QueryError.weightedSumTooLarge {
        #expect(question.isWeighted)
        tooLarge += 1
      }
    }
    for keys in [nil, ["k", "k", "z"]] {
      let inputs = try await store.inputs(InputQuery(keys: keys))
      #expect(inputs.inputs.allSatisfy { $0.excess?.double.isFinite ?? true })
    }
    for isPerCapture in [false, true] {
      let all = ProfileSelection.all
      let none = ProfileSelection(until: Timestamp(nanoseconds: .min))
      for (old, new) in [(all, all), (all, none), (none, all)] {
        let query = ComparisonQuery(before: old, after: new, isPerCapture: isPerCapture)
        let comparison = try await store.comparison(query)
        #expect(comparison.total.selfTimePerCall.change?.double.isFinite ?? true)
        _ = comparison.keeping(1).sorted(by: .selfTimePerCall)
      }
    }
    _ = try await store.merged(.all)
    return (answers, tooLarge)
  }

  @Test(arguments: [longest, -longest, 0], [CallCount(Int64.max), CallCount(Int64.min), 1])
  func `every question about the largest figures is answered or refused`(
    time: Double,
    calls: CallCount
  ) async throws {
    let profile = Self.profile(50, time, calls: calls)
    let weight = try #require(Self.heaviest)
    let (first, last) = (Timestamp.firstStart.nanoseconds, Timestamp.lastStart.nanoseconds)
    let starts = [first, first + 1, -1, 0, 1, last - 1, last]
    let records = starts.enumerated().map { number, start in
      Self.record(
        number,
        start: start,
        weight: weight,
        labels: number % 2 == 0 ? ["k": "\(number)"] : [:],
        profile
      )
    }
    let (answers, tooLarge) = try await Self.askAll(MemoryStore(records))
    #expect(answers > 150)
    #expect(tooLarge == 0)
    let summed = WrappingStore.summing(seed: 1)
    if time == 0, calls == 1 {
      _ = try await summed.insert(records)
      #expect(try await Self.askAll(summed).answers == answers)
    }
  }

  @Test func `a weighted sum that passes 127 bits is an error that names the capture`() async throws
  {
    let weight = try #require(Self.heaviest)
    let small = Self.record(0, start: -1, Self.profile(2, 1, calls: 1))
    let large = Self.record(
      1,
      start: 1_767_603_600_000_000_000,
      weight: weight,
      labels: ["k": "v", "zone": "a"],
      Self.profile(4_000, Self.longest, calls: 1)
    )
    let store = try MemoryStore([small, large])
    let error = QueryError.weightedSumTooLarge(start: large.start, labels: large.labels)
    for grouping in [Grouping.function, .label("k")] {
      for (metric, statistic) in [
        (Metric.selfTime, Statistic.sum), (.selfTime, .mean), (.selfTimePerCall, .sum),
      ] {
        var query = SliceQuery(
          metric: metric,
          statistic: statistic,
          every: .seconds(3_600 * 24 * 365 * 200),
          grouping: grouping,
          isWeighted: true
        )
        #expect(await caught(as: QueryError.self) { _ = try await store.slices(query) } == error)
        query.isWeighted = false
        #expect(try await store.slices(query).slices.count == 2)
        query.isWeighted = true
        query.metric = .calls
        query.statistic = .sum
        #expect(try await store.slices(query).slices.count == 2)
      }
    }
    #expect(
      error.description.contains(
        "at the capture that started at 2026-01-05T09:00:00Z (k=v, zone=a)"
      )
    )
  }

  @Test func `a weighted sum just below 127 bits is exact`() async throws {
    // Σ |time| × weight of one capture, close to the limit: 2⁶² × 2⁵³ × 2¹¹.
    let weight = try #require(Weight(exactMillionths: 1 << 53))
    let profile = Self.profile(2_047, Self.longest, calls: 1)
    let query = SliceQuery(every: .seconds(1), grouping: .all, isWeighted: true)
    let store = try MemoryStore([Self.record(0, weight: weight, profile)])
    let time = try #require(Nanoseconds(nearestTo: Self.longest)?.count)
    let total = try await #require(try store.slices(query).slices.first?.total)
    #expect(total.sum == Int128(time) * 2_047 << 53)
    #expect(total.divisor == 1_000_000)
  }

  @Test func `a tree of the largest times has a total or a reason`() throws {
    for (count, time) in [(1, Self.longest), (3, Self.longest), (50, -Self.longest), (2, 1e-9)] {
      let profile = Self.profile(count, time, calls: CallCount.max)
      do throws(CallTreeError) {
        let tree = try CallTree(profile)
        #expect(tree.totalTime.count >= 0)
      } catch {
        #expect(error == .totalOutOfRange && count == 3)
      }
    }
  }
}
