// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataProfiler
import Synchronization

// Keeps the main actor, and every thread that tasks share, busy with measured calls, until the recorder has
// handed over five slices all the same, or ten minutes have passed.

func work(_ number: Int) -> Int {
  measure { (0..<1_000).reduce(number) { $0 ^ $1 } }
}

let profiles = RecordBuffer()
let recorder = ProfileRecorder(every: .milliseconds(50), into: profiles)
let recording = Task { try await recorder.run() }
while !Profiler.shared.isEnabled { await Task.yield() }

let isOver = Atomic(false)
let tasks = (0..<256).map { number in
  Task.detached { while !isOver.load(ordering: .relaxed) { _ = work(number) } }
}
let end = ContinuousClock.now + .seconds(600)
while profiles.records.count < 5, ContinuousClock.now < end { _ = work(0) }
let count = profiles.records.count
isOver.store(true, ordering: .relaxed)
recording.cancel()
try await recording.value
for task in tasks { await task.value }

let calls = profiles.records.reduce(0) { $0 + $1.profile.totalCalls }
precondition(count >= 5, "of a busy program, \(count) slices were handed over in ten minutes")
precondition(calls == Profiler.shared.statsProfile().totalCalls, "a call was lost")
print("BusyProfiler: slices end while nothing else gets a turn")
