// SPDX-License-Identifier: Apache-2.0

public import StrataCore
public import Synchronization

/// Runs a closure as a call of a function, for the shared profiler.
///
/// The method of ``Profiler`` says what it does and costs.
@inlinable
public func measure<Result: ~Copyable, Failure: Error>(
  _ name: StaticString = #function,
  fileID: StaticString = #fileID,
  line: Int = #line,
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let call =
    isSharedProfilerEnabled.load(ordering: .relaxed)
    ? Profiler.shared.open(CallSite(name: name, file: fileID, line: line)) : OpenCall(epoch: 0)
  defer { if call.epoch != 0 { Profiler.shared.close(call) } }
  return try body()
}

/// Runs a closure as a call of a function, for the shared profiler, and tells its inputs apart.
@inlinable
public func measure<Result: ~Copyable, Failure: Error>(
  _ name: StaticString = #function,
  labels: @autoclosure () -> Labels,
  fileID: StaticString = #fileID,
  line: Int = #line,
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  guard isSharedProfilerEnabled.load(ordering: .relaxed) else { return try body() }
  return try Profiler.shared.measure(name, labels: labels(), fileID: fileID, line: line, body)
}

/// Runs an asynchronous closure as a call of a function, for the shared profiler.
///
/// The method of ``Profiler`` says what is counted.
@inlinable
public func measure<Result: ~Copyable, Failure: Error>(
  _ name: StaticString = #function,
  fileID: StaticString = #fileID,
  line: Int = #line,
  isolation: isolated (any Actor)? = #isolation,
  _ body: @concurrent () async throws(Failure) -> Result
) async throws(Failure) -> Result {
  guard isSharedProfilerEnabled.load(ordering: .relaxed) else { return try await body() }
  return try await Profiler.shared.measure(name, fileID: fileID, line: line, body)
}

/// Runs an asynchronous closure as a call of a function, for the shared profiler, and tells its inputs
/// apart.
@inlinable
public func measure<Result: ~Copyable, Failure: Error>(
  _ name: StaticString = #function,
  labels: @autoclosure () -> Labels,
  fileID: StaticString = #fileID,
  line: Int = #line,
  isolation: isolated (any Actor)? = #isolation,
  _ body: @concurrent () async throws(Failure) -> Result
) async throws(Failure) -> Result {
  guard isSharedProfilerEnabled.load(ordering: .relaxed) else { return try await body() }
  return try await Profiler.shared.measure(name, labels: labels(), fileID: fileID, line: line, body)
}

/// Runs an asynchronous closure as a call of a function, for the shared profiler, on the actor of the
/// caller.
///
/// The method of ``Profiler`` says which functions need it.
@inlinable
public func measure<Result: ~Copyable, Failure: Error>(
  _ name: StaticString = #function,
  labels: @autoclosure () -> Labels? = nil,
  fileID: StaticString = #fileID,
  line: Int = #line,
  isolation: ProbeIsolation,
  _ body: nonisolated(nonsending) () async throws(Failure) -> Result
) async throws(Failure) -> Result {
  guard isSharedProfilerEnabled.load(ordering: .relaxed) else { return try await body() }
  return try await Profiler.shared.measure(
    name,
    labels: labels(),
    fileID: fileID,
    line: line,
    isolation: isolation,
    body
  )
}
