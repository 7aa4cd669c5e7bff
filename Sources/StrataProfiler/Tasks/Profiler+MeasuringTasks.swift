// SPDX-License-Identifier: Apache-2.0

public import StrataCore
import Synchronization

extension Profiler {
  /// Runs an asynchronous closure as a call of a function.
  ///
  /// The call follows its task. Its cumulative time is the time from its start to its return, waiting
  /// included. It has no self time: Swift does not tell when a task is suspended, so what passes outside of
  /// measured calls, suspended or running, is counted apart, as ``ProfilerSnapshot/awaiting``.
  @inlinable
  public func measure<Result: ~Copyable, Failure: Error>(
    _ name: StaticString = #function,
    fileID: StaticString = #fileID,
    line: Int = #line,
    isolation: isolated (any Actor)? = #isolation,
    _ body: @concurrent () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    guard isEnabled else { return try await body() }
    let call = openTaskCall(CallSite(name: name, file: fileID, line: line), nil)
    defer { close(call) }
    return try await within(call, body)
  }

  /// Runs an asynchronous closure as a call of a function, and tells its inputs apart.
  ///
  /// The labels hold for all calls that are made within it, in tasks that it starts, too.
  @inlinable
  public func measure<Result: ~Copyable, Failure: Error>(
    _ name: StaticString = #function,
    labels: @autoclosure () -> Labels,
    fileID: StaticString = #fileID,
    line: Int = #line,
    isolation: isolated (any Actor)? = #isolation,
    _ body: @concurrent () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    guard isEnabled else { return try await body() }
    let call = openTaskCall(CallSite(name: name, file: fileID, line: line), labels())
    defer { close(call) }
    return try await within(call, body)
  }

  @usableFromInline
  func openTaskCall(_ site: CallSite, _ labels: Labels?) -> TaskCall? {
    openTaskCall(site, site.key, labels)
  }

  func openTaskCall(_ site: CallSite, _ key: SiteKey, _ labels: Labels?) -> TaskCall? {
    let lane = lane
    guard lane.isRecording() else { return nil }
    if !hasTaskCalls.load(ordering: .relaxed) { hasTaskCalls.store(true, ordering: .relaxed) }
    return TaskCall(site, key, labels, on: lane)
  }

  /// Runs the body of a call with the call as the innermost of the task.
  ///
  /// The standard library takes an operation that does not inherit the actor it is called on, unless it
  /// captures it: without, each call within another one would leave the actor and come back.
  @inlinable
  func within<Result: ~Copyable, Failure: Error>(
    _ call: TaskCall?,
    isolation: isolated (any Actor)? = #isolation,
    _ body: @concurrent () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    guard let call else { return try await body() }
    // A task local's own closure throws anything and returns what can be copied: the outcome goes
    // around it.
    var outcome: Swift.Result<Result, Failure>?
    await TaskCall.local.withValue(call) {
      _ = isolation
      do throws(Failure) {
        outcome = .success(try await body())
      } catch {
        outcome = .failure(error)
      }
    }
    switch consume outcome {
    case .some(let outcome): return try outcome.get()
    case nil: preconditionFailure("a task local has not run its closure")
    }
  }

  @usableFromInline
  func close(_ call: TaskCall?) {
    guard let call else { return }
    lane.record(call)
  }
}
