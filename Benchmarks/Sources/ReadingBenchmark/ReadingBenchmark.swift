// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataSpool

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Reads dumps that are in memory already, as often as each line of input says, and says how long it
/// took.
///
/// The other side of `scripts/bench-reading` takes the times: it has CPython do the same between
/// two lines, so that both meet the same state of the machine. Arguments: the paths of the dumps.
@main
enum ReadingBenchmark {
  static func main() throws {
    let files = try CommandLine.arguments.dropFirst().map { try RegularFile.read($0) }
    try printTotals(files)
    while let passes = readLine().flatMap({ Int($0) }) {
      let start = processTime()
      for _ in 0..<passes {
        var reader = PstatsReader()
        for bytes in files { _ = try reader.read(bytes) }
      }
      say("\(processTime() - start)")
    }
  }

  /// One line for each dump: functions, calls, and the bits of the total time.
  private static func printTotals(_ files: [[UInt8]]) throws {
    for bytes in files {
      let profile = try PstatsDump(bytes).profile
      say("\(profile.functions.count) \(profile.totalCalls) \(profile.totalTime.bitPattern)")
    }
  }

  /// User and system time of this process, in nanoseconds.
  private static func processTime() -> Int {
    var time = timespec()
    // SAFETY: the clock exists on every system that this is built for, and `time` outlives the call.
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  private static func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}
