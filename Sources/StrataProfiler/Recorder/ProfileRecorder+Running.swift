// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Synchronization

extension ProfileRecorder {
  /// Turns the profiler on and takes slice after slice until the task is cancelled, or the service group
  /// that it is a service of shuts down; then takes the rest, and turns the profiler off again if it was off
  /// and no other recorder runs.
  ///
  /// - Throws: The error of the destination where the last records could not be handed over, or
  ///   ``RecorderThreadError``.
  public func run() async throws {
    guard startThread() else { throw RecorderThreadError() }
    let run = RecorderRun()
    // What was recorded before, and the time in which nothing was, are not part of the first slice.
    if profiler.hold() { endSlice(at: now()) }
    state.withLock { $0.runs.append(run) }
    wakeThread()
    try await withTaskCancellationHandler {
      try await GracefulShutdown.withHandler {
        try await run.end()
      } onShutdown: {
        self.stop(run)
      }
    } onCancel: {
      stop(run)
    }
  }

  /// Makes the thread take the rest, and end a run.
  private func stop(_ run: RecorderRun) {
    state.withLock { state in
      guard let index = state.runs.firstIndex(where: { $0 === run }) else { return }
      state.stopping.append(state.runs.remove(at: index))
    }
    wakeThread()
  }

  // MARK: - On the thread

  /// Starts the thread, unless there is one; returns whether there is.
  func startThread() -> Bool {
    alarm.withLock { alarm in
      if alarm == nil { alarm = AlarmThread { [weak self] in self?.wake() } }
      return alarm != nil
    }
  }

  private func wakeThread() {
    alarm.withLock { $0?.call() }
  }

  /// Ends the slice whose time has come, hands over what was asked for, and returns the nanoseconds until
  /// the open slice should end.
  private func wake() -> Int64 {
    endSliceOnTime()
    let (isRunning, stopping) = state.withLock { state in
      defer { state.stopping = [] }
      return (!state.runs.isEmpty, state.stopping)
    }
    if isRunning { handOver() }
    if !stopping.isEmpty { end(stopping) }
    return state.withLock { max(0, ($0.boundary?.due ?? 0) - AlarmThread.time) }
  }

  private func end(_ runs: [RecorderRun]) {
    for _ in runs { profiler.release() }
    endSlice(at: now())
    handOver()
    let failure = failure
    for run in runs { run.end(failure) }
  }

  private func endSliceOnTime() {
    let woken = now()
    guard let (end, due) = state.withLock({ $0.boundary }) else {
      return setBoundary(boundary(after: woken), from: woken)
    }
    guard AlarmThread.time >= due else { return }
    let isOnTime = isOnTime(woken, for: end)
    // While nobody runs the recorder, the slices that are no longer told apart are one.
    if state.withLock({ !$0.runs.isEmpty || $0.ended.count < Self.sliceLimit }) {
      endSlice(at: isOnTime ? end : woken)
    }
    // Woken a moment early, the next slice is still the next one; if the system's time was set
    // back, slices continue from there.
    setBoundary(boundary(after: isOnTime ? max(woken, end) : woken), from: woken)
  }

  private func setBoundary(_ end: Timestamp, from now: Timestamp) {
    let rest = Int128(end.nanoseconds) - Int128(now.nanoseconds)
    let due = AlarmThread.time.addingReportingOverflow(Int64(clamping: max(0, rest)))
    state.withLock { $0.boundary = (end, due.overflow ? .max : due.partialValue) }
  }

  /// The next multiple of the interval; the end of time where there is none.
  private func boundary(after time: Timestamp) -> Timestamp {
    let length = max(1, interval.nanoseconds ?? .max)
    let passed = time.nanoseconds % length
    let rest = length - (passed < 0 ? passed + length : passed)
    let (sum, overflow) = time.nanoseconds.addingReportingOverflow(rest)
    return Timestamp(nanoseconds: overflow ? .max : sum)
  }

  /// Whether the system woke the recorder near enough to a boundary to call the slice a whole one.
  private func isOnTime(_ time: Timestamp, for boundary: Timestamp) -> Bool {
    let difference = Int128(time.nanoseconds) - Int128(boundary.nanoseconds)
    return difference.magnitude * 20 < interval.nanoseconds ?? .max
  }
}
