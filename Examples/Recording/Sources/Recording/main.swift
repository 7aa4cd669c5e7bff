import StrataCharts
import StrataCore
import StrataExport
import StrataProfiler
import StrataQuery

func collatz(_ number: Int) -> Int {
  measure { number == 1 ? 0 : 1 + collatz(number % 2 == 0 ? number / 2 : 3 * number + 1) }
}

func divisors(_ number: Int) -> Int {
  measure { (1...number).count { number % $0 == 0 } }
}

Profiler.shared.enable()
let profiles = RecordBuffer()
let recorder = ProfileRecorder(every: .milliseconds(250), into: profiles)
let recording = Task { try await recorder.run() }

var sum = 0
for number in 1...6_000 {
  measure("answer", labels: ["input": number < 3_000 ? "small" : "large"]) {
    sum += collatz(number) + divisors(number)
  }
  try await Task.sleep(for: .microseconds(200))
}
recording.cancel()
try await recording.value

print("sum: \(sum)")
print(Profiler.shared.statsProfile().report(sortedBy: .selfTime, limit: 3))
let store = try MemoryStore(profiles.records)
let series = try await store.slices(SliceQuery(every: .milliseconds(250), top: 3))
print(TerminalChart(series, options: .init(style: .init(width: 100))).text)
