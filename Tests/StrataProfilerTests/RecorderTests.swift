// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataSpool
import StrataQuery
import StrataTestSupport
import StrataTesting
import Synchronization
import Testing

@testable import StrataProfiler

struct RecorderTests {
  private let clock = ManualClock()
  private let profiler: Profiler
  /// The time of the calendar: the clock's, seen from 2026-01-05T09:00:00Z on.
  private let now: @Sendable () -> Timestamp

  init() {
    let clock = clock
    profiler = Profiler(clock: clock.profilerClock)
    let begin = clock.now
    now = { Timestamp(nanoseconds: 1_767_603_600_000_000_000 + clock.now - begin) }
  }

  private func recorder(
    labels: Labels = [:],
    into destination: some ProfileDestination
  ) -> ProfileRecorder {
    ProfileRecorder(profiler, every: .seconds(10), labels: labels, into: destination, now: now)
  }

  private func spend(_ seconds: Int64) { clock.advance(seconds * 1_000_000_000) }

  @Test func `each slice has what was recorded in it`() {
    let buffer = RecordBuffer()
    let recorder = recorder(labels: ["service": "web"], into: buffer)
    profiler.enable()
    profiler.measure("first") { spend(4) }
    recorder.takeSlice()
    spend(2)
    recorder.takeSlice()
    profiler.measure("second", labels: ["input": "large"]) { spend(3) }
    recorder.takeSlice()
    let records = buffer.records
    let begin = now().nanoseconds - 9_000_000_000
    #expect(records.map(\.start.nanoseconds) == [begin, begin + 6_000_000_000])
    #expect(records.map(\.duration) == [.seconds(4), .seconds(3)])
    #expect(records.map(\.labels) == [["service": "web"], ["input": "large", "service": "web"]])
    #expect(records.map(\.profile.totalTime) == [4, 3])
    #expect(records.allSatisfy { $0.kind == .traced && $0.clock == .wall && $0.covers == .slice })
    #expect(Set(records.map(\.id)).count == 2)
  }

  @Test func `the time of a call counts in the slices in which it passes, the call where it began`()
  {
    let buffer = RecordBuffer()
    let recorder = recorder(into: buffer)
    profiler.enable()
    profiler.measure("long") {
      for _ in 0..<3 {
        spend(10)
        profiler.measure("short") { spend(1) }
        recorder.takeSlice()
      }
    }
    recorder.takeSlice()
    let long = buffer.records.map { $0.profile.functions[0].statistics }
    #expect(long.map(\.callCount) == [1, 0, 0])
    #expect(long.map(\.selfTime) == [10, 10, 10])
    #expect(long.map(\.cumulativeTime) == [11, 11, 11])
  }

  @Test func `records go straight into a question about slices`() async throws {
    let buffer = RecordBuffer()
    let recorder = recorder(into: buffer)
    profiler.enable()
    for size: Int64 in 1...4 {
      profiler.measure("work", labels: ["input": size > 2 ? "large" : "small"]) { spend(size) }
      spend(10 - size)
      recorder.takeSlice()
    }
    var query = SliceQuery(every: .seconds(10), top: 5)
    query.selection.filter = try CaptureFilter(parsing: "input=large")
    let series = try await MemoryStore(buffer.records).slices(query)
    #expect(series.slices.map(\.total) == [3, 4].map { MetricValue($0 * 1_000_000_000) })
  }

  @Test func `a buffer keeps the latest`() {
    let buffer = RecordBuffer(limit: 2)
    let recorder = recorder(into: buffer)
    profiler.enable()
    for seconds: Int64 in 1...5 {
      profiler.measure("work") { spend(seconds) }
      recorder.takeSlice()
    }
    #expect(buffer.records.map(\.profile.totalTime) == [4, 5])
    #expect(buffer.droppedCount == 3)
  }

  @Test func `a destination that fails gets its records later, in order`() {
    let destination = Moody()
    let recorder = recorder(into: destination)
    profiler.enable()
    for seconds: Int64 in 1...4 {
      destination.fails.store(seconds == 2 || seconds == 3, ordering: .relaxed)
      profiler.measure("work") { spend(seconds) }
      recorder.takeSlice()
      #expect(recorder.waitingCount == [0, 1, 2, 0][Int(seconds) - 1])
      #expect((recorder.failure is Moody.Refusal) == (seconds == 2 || seconds == 3))
    }
    #expect(destination.buffer.records.map(\.profile.totalTime) == [1, 2, 3, 4])
    #expect(recorder.droppedCount == 0)
  }

  @Test func `records that wait too long are dropped and counted`() {
    let destination = Moody()
    destination.fails.store(true, ordering: .relaxed)
    let recorder = recorder(into: destination)
    profiler.enable()
    for _ in 0..<ProfileRecorder.waitingLimit + 3 {
      profiler.measure("work") { spend(1) }
      recorder.takeSlice()
    }
    #expect(recorder.waitingCount == ProfileRecorder.waitingLimit)
    #expect(recorder.droppedCount == 3)
  }

  @Test func `runs until it is cancelled, and then takes the rest`() async throws {
    let profiler = Profiler()
    let buffer = RecordBuffer()
    let recorder = ProfileRecorder(profiler, every: .milliseconds(20), into: buffer)
    let recording = Task { try await recorder.run() }
    try await Patience.wait { profiler.isEnabled }
    var calls = 0
    try await Patience.wait {
      profiler.measure("work") {}
      calls += 1
      return buffer.records.count >= 3
    }
    profiler.measure("work") {}
    recording.cancel()
    try await recording.value
    #expect(!profiler.isEnabled)
    let counted = buffer.records.reduce(0) { $0 + $1.profile.totalCalls }
    #expect(counted == CallCount(calls + 1))
  }

  @Test func `a folder holds what was recorded, as an import takes it`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/profiles"
    let recorder = recorder(labels: ["service": "web"], into: try RecordFolder(path))
    let buffer = RecordBuffer()
    let same = self.recorder(labels: ["service": "web"], into: buffer)
    profiler.enable()
    for input in ["a", "b"] {
      profiler.measure("work", labels: ["input": input]) { spend(3) }
      recorder.takeSlice()
      same.takeSlice()
    }
    let catalog = DumpCatalog(paths: [path])
    #expect(catalog.failures.isEmpty)
    let read = try catalog.sources.map { try $0.capture(defaults: DumpDefaults()) }
      .sorted { $0.start < $1.start }
    #expect(read.map(\.id) == buffer.records.map(\.id))
    #expect(read.map(\.profile) == buffer.records.map(\.profile))
    #expect(read.map(\.labels) == buffer.records.map(\.labels))
    #expect(read.map(\.duration) == buffer.records.map(\.duration))
    #expect(read.map(\.clock) == [.wall, .wall])
    #expect(read.map(\.covers) == [.slice, .slice])
  }

  @Test func `a record that is refused alone is given up, and keeps no other one waiting`() throws {
    let folder = try TemporaryFolder()
    let destination = try RecordFolder(folder("profiles"), limit: 1_000)
    let recorder = recorder(into: destination)
    profiler.enable()
    for line in 0..<50 { profiler.measure("many", line: line) {} }
    recorder.takeSlice()
    #expect(recorder.waitingCount == 1)
    for _ in 0..<3 {
      profiler.measure("one") { spend(1) }
      recorder.takeSlice()
    }
    #expect(recorder.waitingCount == 0)
    #expect(recorder.droppedCount == 1)
    #expect(DumpCatalog(paths: [folder("profiles")]).sources.count == 3)
  }

  @Test func `parts that have the same labels in the end are one record`() {
    let buffer = RecordBuffer()
    let recorder = recorder(labels: ["service": "web"], into: buffer)
    profiler.enable()
    profiler.measure("work", line: 1) { spend(1) }
    profiler.measure("work", labels: ["service": "web"], line: 1) { spend(2) }
    profiler.measure("work", labels: ["service": "other"], line: 1) { spend(4) }
    recorder.takeSlice()
    #expect(buffer.records.map(\.labels) == [["service": "web"], ["service": "other"]])
    #expect(buffer.records.map(\.profile.totalTime) == [3, 4])
  }

  @Test func `a destination may ask the recorder how it is`() {
    let destination = Curious()
    let recorder = recorder(into: destination)
    destination.recorder.withLock { $0 = recorder }
    profiler.run { profiler.measure("work") { spend(1) } }
    recorder.takeSlice()
    #expect(destination.waiting.withLock { $0 } == [1])
    destination.recorder.withLock { $0 = nil }
  }

  @Test func `the profiler stays on until the last recorder ends`() async throws {
    let profiler = Profiler()
    let recorders = (0..<2).map { _ in
      ProfileRecorder(profiler, every: .milliseconds(20), into: RecordBuffer())
    }
    let first = Task { try await recorders[0].run() }
    try await Patience.wait { profiler.isEnabled }
    let second = Task { try await recorders[1].run() }
    // Until then the first would be the last one.
    try await Patience.wait { recorders[1].state.withLock { !$0.runs.isEmpty } }
    first.cancel()
    try await first.value
    #expect(profiler.isEnabled)
    second.cancel()
    try await second.value
    #expect(!profiler.isEnabled)
  }

  @Test func `slices are taken while the task that runs the recorder waits for its turn`()
    async throws
  {
    let (profiler, buffer) = (Profiler(), RecordBuffer())
    let recorder = ProfileRecorder(profiler, every: .milliseconds(20), into: buffer)
    profiler.enable()
    let calls = try await Self.busy(on: MainActor.shared) {
      let recording = Task { @MainActor in try await recorder.run() }
      // Nothing here suspends, so that the task waits until all of it has passed.
      var calls = 0
      let end = ContinuousClock.now + Patience.bound
      while recorder.state.withLock({ $0.ended.count }) < 3, ContinuousClock.now < end {
        profiler.measure("work") {}
        calls += 1
      }
      #expect(buffer.records.isEmpty)
      return (recording, calls)
    }
    #expect(buffer.records.count >= 3)
    #expect(buffer.records.reduce(0) { $0 + $1.profile.totalCalls } == CallCount(calls))
    let ends = buffer.records.map { $0.start.nanoseconds + ($0.duration?.nanoseconds ?? 0) }
    #expect(zip(ends, buffer.records.dropFirst()).allSatisfy { $0 <= $1.start.nanoseconds })
  }

  @Test func `records are handed over while the task that runs the recorder cannot go on`()
    async throws
  {
    let (profiler, buffer) = (Profiler(), RecordBuffer())
    let recorder = ProfileRecorder(profiler, every: .milliseconds(20), into: buffer)
    let recording = Task { @MainActor in try await recorder.run() }
    try await Patience.wait { profiler.isEnabled }
    let calls = try await Self.busy(on: MainActor.shared) {
      var calls = 0
      let end = ContinuousClock.now + Patience.bound
      while buffer.records.count < 3, ContinuousClock.now < end {
        profiler.measure("work") {}
        calls += 1
      }
      recording.cancel()
      // The rest is taken as well before the task hears of it.
      while profiler.isEnabled, ContinuousClock.now < end { profiler.measure("last") {} }
      #expect(!profiler.isEnabled)
      return (recording, calls)
    }
    let work = buffer.records.flatMap(\.profile.functions).filter { $0.function.name == "work" }
    #expect(work.reduce(0) { $0 + $1.statistics.callCount } == CallCount(calls))
  }

  /// Runs a closure on an actor that starts, or has started, a recording; ends it, and returns what else the
  /// closure did.
  private static func busy<Result: Sendable>(
    on actor: isolated some Actor,
    _ body: @Sendable () throws -> (Task<Void, any Error>, Result)
  ) async throws -> Result {
    let (recording, result) = try body()
    recording.cancel()
    try await recording.value
    return result
  }

  @Test func `slices that nobody asked for are one`() {
    let buffer = RecordBuffer()
    let recorder = recorder(into: buffer)
    profiler.enable()
    let begin = now()
    spend(5)
    recorder.endSlice(at: now())
    for seconds: Int64 in 1...3 {
      profiler.measure("work") { spend(seconds) }
      recorder.endSlice(at: now())
    }
    profiler.measure("more") { spend(4) }
    recorder.takeSlice()
    #expect(buffer.records.map(\.start) == [begin])
    #expect(buffer.records.map(\.duration) == [.seconds(15)])
    let functions = buffer.records[0].profile.functions
    #expect(functions.map(\.statistics) == [.of(3, 6, 6), .of(1, 4, 4)])
  }

  @Test func `a recorder that is gone ends its thread`() async throws {
    weak var gone: ProfileRecorder?
    weak var alarm: AlarmThread?
    do {
      let recorder = ProfileRecorder(Profiler(), every: .seconds(600), into: RecordBuffer())
      gone = recorder
      alarm = recorder.alarm.withLock { $0 }
      #expect(alarm != nil)
    }
    try await Patience.wait { gone == nil && alarm == nil }
  }

  @Test func `slices go on where the system's time is set back`() async throws {
    let offset = Atomic<Int64>(0)
    let (profiler, buffer) = (Profiler(), RecordBuffer())
    let recorder = ProfileRecorder(profiler, every: .milliseconds(20), labels: [:], into: buffer) {
      Timestamp(nanoseconds: Timestamp.now.nanoseconds - offset.load(ordering: .relaxed))
    }
    let recording = Task { try await recorder.run() }
    func slices(_ count: Int) async throws {
      try await Patience.wait {
        profiler.measure("work") {}
        return buffer.records.count >= count
      }
    }
    try await slices(2)
    offset.store(3_600_000_000_000, ordering: .relaxed)
    try await slices(5)
    recording.cancel()
    try await recording.value
    #expect(buffer.records.allSatisfy { ($0.duration ?? .zero) >= .zero })
  }

  @Test func `what was recorded before it runs is a record of its own`() async throws {
    let (profiler, buffer) = (Profiler(), RecordBuffer())
    let recorder = ProfileRecorder(profiler, every: .seconds(600), into: buffer)
    profiler.run { profiler.measure("before") {} }
    let recording = Task { try await recorder.run() }
    try await Patience.wait { profiler.isEnabled && !buffer.records.isEmpty }
    profiler.measure("during") {}
    recording.cancel()
    try await recording.value
    let names = buffer.records.map { $0.profile.functions.map(\.function.name) }
    #expect(names == [["before"], ["during"]])
  }

  @Test func `what was taken off for probes stands in the labels`() {
    let profiler = Profiler(probeCost: ProbeCost(inside: 30, around: 40))
    let buffer = RecordBuffer()
    let recorder = ProfileRecorder(profiler, into: buffer)
    profiler.run { profiler.measure("work") {} }
    recorder.takeSlice()
    #expect(buffer.records.map(\.labels) == [["strata.probeCost": "30+40 ns"]])
  }
}

/// A destination that fails where it is told to.
private final class Moody: ProfileDestination {
  struct Refusal: Error {}

  let fails = Atomic(false)
  let buffer = RecordBuffer()

  func take(_ record: Capture) throws {
    guard !fails.load(ordering: .relaxed) else { throw Refusal() }
    buffer.take(record)
  }
}

/// A destination that asks its recorder.
private final class Curious: ProfileDestination {
  let recorder = Mutex<ProfileRecorder?>(nil)
  let waiting = Mutex<[Int]>([])

  func take(_ record: Capture) {
    let count = recorder.withLock { $0 }?.waitingCount ?? 0
    waiting.withLock { $0.append(count) }
  }
}
