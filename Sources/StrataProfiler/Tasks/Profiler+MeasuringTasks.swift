// SPDX-License-Identifier: Apache-2.0

public import StrataCore
import Synchronization

/// Where the closure of an asynchronous probe runs, other than where Swift runs closures by default.
@frozen
public enum ProbeIsolation: Sendable {
  /// On the actor on which the probe is called.
  case inherited
}

extension Profiler {
  /// Runs an asynchronous closure as a call of a function.
  ///
  /// The call follows its task. Its cumulative time is the time from its start to its return, waiting
  /// included. It has no self time: Swift hides when a task is suspended, so what passes outside of
  /// measured calls, suspended or running, is counted apart, as ``ProfilerSnapshot/awaiting``.
  ///
  /// The closure runs where Swift lets such closures run, as those of `withSpan` and
  /// `withTaskGroup`: on its actor if it is a global one or the closure uses it, otherwise on none.
  /// In functions that are `nonisolated(nonsending)`, `isolation: .inherited` keeps it on the actor
  /// of their caller.
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

  /// Runs an asynchronous closure as a call of a function, on the actor of the caller.
  ///
  /// ```swift
  /// nonisolated(nonsending) func load() async -> Page {
  ///   await profiler.measure(isolation: .inherited) { await fetch() }
  /// }
  /// ```
  ///
  /// Counts as ``measure(_:fileID:line:isolation:_:)`` does, for functions that are
  /// `nonisolated(nonsending)`, as all are by default under `NonisolatedNonsendingByDefault`: they
  /// stay on the actor of their caller, and so does this closure, which may hand to functions that
  /// leave the actor only what may leave it.
  ///
  /// - Parameters:
  ///   - name: The name of the function; that of the function around the call unless given.
  ///   - labels: Labels of the call and all that is called within it.
  ///   - fileID: The file of the function: `Module/File.swift`.
  ///   - line: Its line.
  ///   - isolation: Where the closure runs.
  ///   - body: What is called.
  /// - Returns: What the closure returns.
  /// - Throws: What the closure throws.
  @inlinable
  public func measure<Result: ~Copyable, Failure: Error>(
    _ name: StaticString = #function,
    labels: @autoclosure () -> Labels? = nil,
    fileID: StaticString = #fileID,
    line: Int = #line,
    isolation: ProbeIsolation,
    _ body: nonisolated(nonsending) () async throws(Failure) -> Result
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
    _ body: nonisolated(nonsending) () async throws(Failure) -> Result
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
