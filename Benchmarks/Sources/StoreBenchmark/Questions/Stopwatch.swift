// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Measures real time and the CPU time of all threads of this process.
enum Stopwatch {
  /// Seconds.
  struct Time {
    let wall: Double
    let cpu: Double
  }

  static func measure<Result>(
    _ body: () async throws -> Result
  ) async rethrows -> (Result, Time) {
    let (wall, cpu) = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID))
    let result = try await body()
    return (
      result,
      Time(wall: seconds(CLOCK_MONOTONIC) - wall, cpu: seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu)
    )
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    // SAFETY: the clocks exist on every system that this is built for, and `time` outlives the call.
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
