// SPDX-License-Identifier: Apache-2.0

#if Tracing
import StrataCore
import StrataProfiler
import StrataTracing
import Synchronization
import Tracing

/// A profiler that is on, with a clock that stands still unless it is told to go on.
final class Fixture: Sendable {
  private let nanoseconds: Nanoseconds
  let profiler: Profiler
  let tracer: ProfilingTracer

  private final class Nanoseconds: Sendable {
    let value = Atomic<Int64>(42_000)
  }

  init(
    isOn: Bool = true,
    labels: [String] = [],
    beside other: (any Tracer)? = nil,
    functionLimit: Int = 1_000
  ) {
    let time = Nanoseconds()
    nanoseconds = time
    profiler = Profiler(clock: .custom { time.value.load(ordering: .relaxed) })
    tracer = ProfilingTracer(
      profiler: profiler,
      labels: labels,
      beside: other,
      functionLimit: functionLimit
    )
    if isOn { profiler.enable() }
  }

  func advance(_ amount: Int64) {
    nanoseconds.value.add(amount, ordering: .relaxed)
  }

  /// What was recorded, a line for each function and caller, times in nanoseconds: with self time for
  /// synchronous functions, with what was awaited for others.
  var lines: [String] { profiler.statsProfile().lines }

  /// The same for each set of labels.
  var parts: [String: [String]] {
    var parts: [String: [String]] = [:]
    for part in profiler.snapshot().parts {
      let labels = part.labels.pairs.map { "\($0.key)=\($0.value)" }
      parts[labels.joined(separator: " ")] = part.profile.lines
    }
    return parts
  }
}

extension StatsProfile {
  var lines: [String] {
    functions.flatMap { function in
      [function.function.name.description + " " + function.statistics.line]
        + function.callers.map { caller in
          guard case .full(let statistics) = caller.figures else { return "?" }
          return "\(caller.caller.name) > \(function.function.name) \(statistics.line)"
        }
    }.sorted()
  }

  /// The figures of a function.
  func statistics(_ name: String) -> CallStatistics? {
    functions.first { $0.function.name.description == name }?.statistics
  }
}

extension CallStatistics {
  /// Calls, self time and cumulative time.
  fileprivate var line: String {
    let calls =
      callCount == primitiveCallCount ? "\(callCount)" : "\(callCount)/\(primitiveCallCount)"
    return "\(calls) \(selfTime.nanoseconds) \(cumulativeTime.nanoseconds)"
  }
}

extension Double {
  fileprivate var nanoseconds: Int { Int((self * 1e9).rounded()) }
}

struct Failure: Error {}
#endif
