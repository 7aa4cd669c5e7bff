// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataProfiler
import Synchronization

// Functions, closures, tasks, values that cannot be copied.

nonisolated func synchronous(_ number: Int) -> Int { measure { number + 1 } }

nonisolated func synchronousThrowing(_ number: Int) throws -> Int {
  try measure {
    if number < 0 { throw Refusal() }
    return number
  }
}

nonisolated func synchronousTyped(_ number: Int) throws(Refusal) -> Int {
  try measure { () throws(Refusal) -> Int in
    guard number >= 0 else { throw Refusal() }
    return number
  }
}

nonisolated func again(_ body: () throws -> Int) rethrows -> Int {
  try measure { try body() + body() }
}

nonisolated func passing<E: Error, R: ~Copyable>(_ body: () throws(E) -> R) throws(E) -> R {
  try measure { () throws(E) -> R in try body() }
}

nonisolated func passing<E: Error, R: ~Copyable>(
  _ body: () async throws(E) -> R
) async throws(E) -> R {
  try await measure { () async throws(E) -> R in try await body() }
}

nonisolated func direct<R>(_ body: () async throws -> R) async rethrows -> R {
  try await measure("direct", body)
}

nonisolated func sendable<R: Sendable>(
  _ body: @Sendable () async throws -> R
) async rethrows -> R {
  try await measure("sendable", body)
}

nonisolated func isolatedAny<R: Sendable>(
  _ body: @isolated(any) () async throws -> R
) async rethrows -> R {
  try await measure { try await body() }
}

nonisolated func sending(_ box: sending Box) async -> Int {
  await measure {
    await box.inherit()
    return box.number
  }
}

@concurrent
nonisolated func fresh() async -> sending Box {
  let box = await measure {
    await Task.yield()
    return Box()
  }
  return box
}

nonisolated func local(_ box: Box) async -> Int {
  func inner(_ number: Int) async -> Int {
    await measure {
      await box.inherit()
      return box.number + number
    }
  }
  return await inner(1) + inner(2)
}

nonisolated func closures() async -> Int {
  let box = Box()
  let add = { (number: Int) async -> Int in
    await measure {
      box.number += number
      await Task.yield()
      return box.number
    }
  }
  let send: @Sendable (Int) async -> Int = { number in
    await measure("send") {
      await Task.yield()
      return number
    }
  }
  return await add(1) + send(2)
}

nonisolated func tasks() async throws -> Int {
  let task = Task {
    await measure("task") {
      await Box().inherit()
      return 1
    }
  }
  let detached = Task.detached { try await measure { try await Task.sleep(for: .nanoseconds(1)) } }
  try await detached.value
  async let child = measure("child") {
    await Task.yield()
    return 2
  }
  async let synchronousChild = measure("synchronous child") { 3 }
  return await task.value + child + synchronousChild
}

nonisolated func discarding() async throws {
  try await withThrowingDiscardingTaskGroup { group in
    group.addTask {
      try await measure("in a group", labels: ["a": "b"]) {
        try await Task.sleep(for: .nanoseconds(1))
      }
    }
  }
  await measure {
    await withDiscardingTaskGroup { group in
      group.addTask { await Task.yield() }
    }
  }
}

nonisolated enum Local {
  @TaskLocal static var name = ""
}

nonisolated func taskLocal(_ box: Box) async -> String {
  await measure {
    await Local.$name.withValue("inner") {
      await box.inherit()
      return Local.name
    }
  }
}

nonisolated struct Handle: ~Copyable {
  var number = 0
  var box = Box()

  borrowing func read() async -> Int {
    await measure {
      await Task.yield()
      return number
    }
  }

  mutating func advance() async throws -> Int {
    try await measure {
      try await Task.sleep(for: .nanoseconds(1))
      number += 1
      await box.inherit()
      return number
    }
  }

  consuming func close() async -> Int {
    let result = await measure {
      await Task.yield()
      return number
    }
    return result
  }
}

nonisolated func borrow(_ handle: borrowing Handle) async -> Int {
  await measure { await handle.read() }
}

nonisolated func move(_ handle: inout Handle) async throws -> Int {
  try await measure { try await handle.advance() }
}

nonisolated func consume(_ handle: consuming Handle) async throws -> Int {
  try await measure { try await handle.advance() }
}

nonisolated func make() async -> Handle {
  await measure {
    await Task.yield()
    return Handle()
  }
}

nonisolated func makeOptional() async throws -> Handle? {
  try await measure {
    try await Task.sleep(for: .nanoseconds(1))
    return Handle()
  }
}

nonisolated func unavailable(_ body: @autoclosure () async throws -> Int) async rethrows -> Int {
  try await measure { try await body() }
}

nonisolated func stream() -> AsyncStream<Int> {
  AsyncStream { continuation in
    Task {
      await measure("producer") {
        await Task.yield()
        continuation.yield(1)
      }
      continuation.finish()
    }
  }
}

nonisolated func profilerRun(_ box: Box) async throws -> Int {
  try await Profiler.shared.run {
    await box.inherit()
    try await Task.sleep(for: .nanoseconds(1))
    return box.number
  }
}

nonisolated func profilerRunInClass(_ loader: Loader2) async -> Int {
  await Profiler.shared.run { await loader.look() + loader.count }
}

nonisolated func profilerRunTyped(_ loader: Loader2) async throws(Refusal) -> Int {
  try await Profiler.shared.run { () async throws(Refusal) -> Int in
    try await loader.typed()
  }
}

nonisolated class Loader2 {
  var count = 0
  init() {}
  func look() async -> Int { count }
  func typed() async throws(Refusal) -> Int { count }
}

prefix operator ~~~
prefix func ~~~ (_ box: Box) async -> Int {
  await measure {
    await box.inherit()
    return box.number
  }
}

nonisolated let global: @Sendable () async -> Int = {
  await measure("global") {
    await Task.yield()
    return 1
  }
}

nonisolated func defaulted(_ number: Int = measure("default") { 3 }) -> Int { number }

nonisolated func onMainClosure(_ body: @MainActor () async -> Int) async -> Int {
  await measure { await body() }
}

nonisolated func borrowing<Value: ~Copyable>(
  _ value: borrowing Value,
  _ body: (borrowing Value) async -> Int
) async -> Int {
  await measure { await body(value) }
}

nonisolated func made<Value: ~Copyable>(_ body: () async -> Value) async -> Value {
  await measure { await body() }
}

nonisolated final class Lazy {
  lazy var number: Int = measure("lazy") { 3 }
  var stored = measure("stored") { 4 }
  static let shared = measure("static") { Mutex(5) }
  init() {}
}
