// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataProfiler
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Runs a workload for each line of input, `WORKLOAD MODE`, and says how many nanoseconds of CPU it took
/// and how many calls it has.
///
/// Modes: `bare` (built without probes), `off`, `on`, and `clock`, which reads the clock a million times.
@main
enum ProfilerBenchmark {
  static func main() async {
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      let (nanoseconds, calls) = await run(words[0], words[1])
      print("\(nanoseconds) \(calls)")
      fflush(nil)
    }
  }

  private static func run(_ workload: String, _ mode: String) async -> (Int64, CallCount) {
    guard mode != "clock" else { return (readClock(1_000_000), 1_000_000) }
    guard mode != "bare" else { return await (time(Workload(probe: Bare()), workload), 0) }
    let profiler = Profiler()
    if mode == "on" { profiler.enable() }
    let nanoseconds = await time(Workload(probe: Measured(profiler: profiler)), workload) {
      profiler.clear()
    }
    let calls = profiler.statsProfile().functions
      .filter { $0.function != ProfilerSnapshot.awaiting }
      .reduce(0) { $0 + $1.statistics.callCount }
    return (nanoseconds, calls)
  }

  /// The time of the second run: in the first, caches and tables fill.
  private static func time(
    _ workload: Workload<some Probe>,
    _ name: String,
    between: () -> Void = {}
  ) async -> Int64 {
    results.store(await workload.run(name), ordering: .relaxed)
    between()
    let start = processTime()
    results.store(await workload.run(name), ordering: .relaxed)
    return processTime() - start
  }

  private static func readClock(_ count: Int) -> Int64 {
    let start = processTime()
    var time = timespec()
    for _ in 0..<count {
      // SAFETY: the clock exists on every system that this is built for, and `time` outlives the call.
      unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    }
    results.store(time.tv_nsec, ordering: .relaxed)
    return processTime() - start
  }

  /// What the workloads answer, so that none is left out.
  private static let results = Atomic(0)

  /// User and system time of this process, in nanoseconds.
  private static func processTime() -> Int64 {
    var time = timespec()
    // SAFETY: as above.
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
