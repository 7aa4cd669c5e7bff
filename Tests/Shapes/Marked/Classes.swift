// SPDX-License-Identifier: Apache-2.0

import StrataMacros

// Methods of classes that are not Sendable.

struct Refusal: Error {}

class Loader {
  var count = 0
  let profiler = Profiler()
  var title: String { "loader \(count)" }

  @Profiled
  func plain() async -> Int {
    count += 1
    return await other()
  }

  func other() async -> Int {
    await Task.yield()
    return count
  }

  @Profiled
  func throwing() async throws -> Int {
    count += 1
    try await Task.sleep(for: .nanoseconds(1))
    return count
  }

  @Profiled
  func typed() async throws(Refusal) -> Int {
    guard await other() > 0 else { throw Refusal() }
    return count
  }

  @Profiled
  func inOut(_ number: inout Int) async {
    number += await other()
    count += number
  }

  @Profiled
  func localState() async -> [Int] {
    var seen: [Int] = []
    for _ in 0..<3 { seen.append(await other()) }
    return seen
  }

  @Profiled
  func tuple() async -> (Int, Loader) {
    (await other(), self)
  }

  @Profiled
  func optional() async -> Loader? {
    await other() > 0 ? self : nil
  }

  @Profiled
  func closure(_ body: () async throws -> Int) async rethrows -> Int {
    try await body() + count
  }

  @Profiled
  func typedClosure<E: Error>(_ body: () async throws(E) -> Int) async throws(E) -> Int {
    try await body() + count
  }

  @Profiled
  func other(_ loader: Loader) async -> Int {
    await loader.other() + other()
  }

  @Profiled
  func children() async -> Int {
    async let one = Loader().other()
    async let two = Loader().plain()
    count += 1
    return await one + two
  }

  @Profiled
  func group() async -> Int {
    await withTaskGroup(of: Int.self) { group in
      for number in 0..<3 { group.addTask { await Loader().other() + number } }
      var sum = 0
      for await number in group { sum += number }
      return sum
    }
  }

  @Profiled
  func throwingGroup() async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { group in
      group.addTask { try await Loader().throwing() }
      while let number = try await group.next() { count += number }
      return count
    }
  }

  @Profiled
  func cancellable() async -> Int {
    await withTaskCancellationHandler {
      await other()
    } onCancel: {
    }
  }

  @Profiled
  func continued() async -> Int {
    count += await withCheckedContinuation { $0.resume(returning: 1) }
    return count
  }

  @Profiled
  func looping(_ stream: AsyncStream<Int>) async -> Int {
    for await number in stream where number > 0 { count += number }
    return count
  }

  @Profiled
  func early(_ number: Int?) async -> Int {
    guard let number else { return await other() }
    defer { count += number }
    switch number {
    case 0: return await other()
    default: return await plain()
    }
  }

  @Profiled
  func caught() async -> Int {
    do {
      return try await throwing()
    } catch {
      return await other()
    }
  }

  @Profiled
  func nothing() async {
    _ = await other()
  }

  @Profiled
  func stream() async -> AsyncStream<Int> {
    _ = await other()
    return AsyncStream { $0.finish() }
  }

  init() {}
}

final class FastLoader: Loader {
  @Profiled
  override func plain() async -> Int {
    await super.plain() + 1
  }

  @Profiled
  override func other() async -> Int {
    count += 1
    return await super.other()
  }
}

nonisolated class Node<Value> {
  var value: Value
  var next: Node<Value>?

  init(_ value: Value) { self.value = value }

  @Profiled
  func walk(_ body: (Value) async throws -> Void) async rethrows {
    try await body(value)
    try await next?.walk(body)
  }

  @Profiled
  func fold<Result>(_ start: Result, _ body: (Result, Value) async -> Result) async -> Result {
    let result = await body(start, value)
    return await next?.fold(result, body) ?? result
  }

  @Profiled
  func same() async -> Self {
    await Task.yield()
    return self
  }
}
