// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataProfiler
import StrataTestSupport
import StrataTesting

/// A made-up call: what it does one after the other.
struct RandomCall {
  enum Step {
    case spend(Int64)
    case call(RandomCall)
    /// Something that a test does at this moment.
    case pause
  }

  struct Failure: Error {}

  static let names: [StaticString] = ["a", "b", "c", "d", "e"]

  var function: Int
  var steps: [Step]
  /// Whether it ends by an error, which its caller catches.
  var fails: Bool

  /// A call with at most `depth` levels of further calls.
  init(depth: Int, using random: inout SeededGenerator) {
    function = Int.random(in: 0..<Self.names.count, using: &random)
    fails = Int.random(in: 0..<5, using: &random) == 0
    steps = (0..<Int.random(in: 0...4, using: &random)).map { _ in .spend(1) }
    for index in steps.indices {
      switch Int.random(in: 0..<8, using: &random) {
      case 0...2: steps[index] = .spend(Int64.random(in: 0...1_000, using: &random))
      case 3: steps[index] = .pause
      default:
        if depth > 0 { steps[index] = .call(RandomCall(depth: depth - 1, using: &random)) }
      }
    }
  }

  /// Makes the call, measured.
  func run(_ profiler: Profiler, _ clock: ManualClock, onPause: () -> Void) throws(Failure) {
    try profiler.measure(Self.names[function], fileID: "f.swift", line: function) {
      () throws(Failure) in
      for step in steps {
        switch step {
        case .spend(let time): clock.advance(time)
        case .pause: onPause()
        case .call(let call): do { try call.run(profiler, clock, onPause: onPause) } catch {}
        }
      }
      if fails { throw Failure() }
    }
  }
}

/// The figures of calls by their definition: every call with the calls around it is written down, and
/// then counted.
struct NaiveReference {
  private struct Made {
    var path: [Int]
    var total: Int64
    var own: Int64
  }

  private var calls: [Made] = []

  /// Writes a call down, and returns its time.
  @discardableResult
  mutating func add(_ call: RandomCall, within path: [Int] = []) -> Int64 {
    let path = path + [call.function]
    var (own, inner): (Int64, Int64) = (0, 0)
    for step in call.steps {
      switch step {
      case .spend(let time): own += time
      case .call(let call): inner += add(call, within: path)
      case .pause: break
      }
    }
    calls.append(Made(path: path, total: own + inner, own: own))
    return own + inner
  }

  func figures(of function: Int) -> CallStatistics {
    figures(calls.filter { $0.path.last == function }) { !$0.path.dropLast().contains(function) }
  }

  func figures(of function: Int, from caller: Int) -> CallStatistics {
    func isEdge(_ path: ArraySlice<Int>) -> Bool {
      path.suffix(2).elementsEqual([caller, function])
    }
    return figures(calls.filter { isEdge($0.path[...]) }) { made in
      !(1..<made.path.count).contains { isEdge(made.path[..<$0]) }
    }
  }

  private func figures(_ calls: [Made], isOutermost: (Made) -> Bool) -> CallStatistics {
    let outermost = calls.filter(isOutermost)
    return CallStatistics(
      callCount: CallCount(calls.count),
      primitiveCallCount: CallCount(outermost.count),
      selfTime: Double(calls.reduce(0) { $0 + $1.own }) * 1e-9,
      cumulativeTime: Double(outermost.reduce(0) { $0 + $1.total }) * 1e-9
    )
  }
}
