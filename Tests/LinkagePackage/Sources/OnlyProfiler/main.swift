// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataProfiler

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

// Profiles itself into a folder, and says after each slice how many calls are safe there.
//
//   OnlyProfiler FOLDER SLICES      0 slices: until it is killed

/// Says what was taken, when it was.
struct Acknowledging: ProfileDestination {
  let folder: RecordFolder

  func take(_ record: Capture) throws {
    try folder.take(record)
    print("taken \(record.profile.totalCalls)")
    fflush(nil)
  }
}

func fibonacci(_ number: Int) -> Int {
  measure { number < 2 ? number : fibonacci(number - 1) + fibonacci(number - 2) }
}

func words(_ count: Int) -> Int {
  measure {
    let words = (0..<count).map { number in measure("word") { "wörd \(number % 7)" } }
    return measure("sort") { words.sorted() }.count
  }
}

let folder = try RecordFolder(CommandLine.arguments[1])
let slices = Int(CommandLine.arguments[2]) ?? 0
Profiler.shared.enable()
let recorder = ProfileRecorder(labels: ["program": "test"], into: Acknowledging(folder: folder))
var (slice, made) = (0, 0)
while slices == 0 || slice < slices {
  slice += 1
  for number in 0..<8 {
    measure("request", labels: ["input": number < 6 ? "small" : "large"]) {
      made += fibonacci(number < 6 ? 8 : 14) + words(20 * number)
    }
  }
  recorder.takeSlice()
  if let failure = recorder.failure { fatalError("\(failure)") }
}
