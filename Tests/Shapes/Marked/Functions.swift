// SPDX-License-Identifier: Apache-2.0

import StrataMacros

// Functions, values that cannot be copied, whole types.

nonisolated class Loader2 {
  var count = 0
  init() {}

  @Profiled
  func look() async -> Int { count }

  @Profiled
  func typed() async throws(Refusal) -> Int { await look() }
}

@Profiled
nonisolated func synchronous(_ number: Int) -> Int { number + 1 }

@Profiled
nonisolated func synchronousTyped(_ number: Int) throws(Refusal) -> Int {
  guard number >= 0 else { throw Refusal() }
  return number
}

@Profiled
nonisolated func again(_ body: () throws -> Int) rethrows -> Int { try body() + body() }

@Profiled
nonisolated func passing<E: Error, R: ~Copyable>(
  _ body: () async throws(E) -> R
) async throws(E) -> R {
  try await body()
}

@Profiled
nonisolated func sendable<R: Sendable>(
  _ body: @Sendable () async throws -> R
) async rethrows -> R {
  try await body()
}

@Profiled
nonisolated func sending(_ box: sending Box) async -> Int {
  await box.inherit()
  return box.number
}

@Profiled
@concurrent
nonisolated func fresh() async -> sending Box {
  await Task.yield()
  return Box()
}

nonisolated func local(_ box: Box) async -> Int {
  @Profiled
  func inner(_ number: Int) async -> Int {
    await box.inherit()
    return box.number + number
  }
  return await inner(1) + inner(2)
}

nonisolated struct Handle: ~Copyable {
  var number = 0
  var box = Box()

  @Profiled
  borrowing func read() async -> Int {
    await Task.yield()
    return number
  }

  @Profiled
  mutating func advance() async throws -> Int {
    try await Task.sleep(for: .nanoseconds(1))
    number += 1
    await box.inherit()
    return number
  }
}

@Profiled
nonisolated func borrow(_ handle: borrowing Handle) async -> Int { await handle.read() }

@Profiled
nonisolated func move(_ handle: inout Handle) async throws -> Int { try await handle.advance() }

@Profiled
nonisolated func make() async -> Handle {
  await Task.yield()
  return Handle()
}

prefix operator ~~~

@Profiled
prefix func ~~~ (_ box: Box) async -> Int {
  await box.inherit()
  return box.number
}

nonisolated enum Profilers {
  static let own = Profiler()
}

@Profiled("another", by: Profilers.own, labels: ["a": "b"], inputs: ["number": "box.number"])
nonisolated func labelled(_ box: Box) async throws -> Int {
  await box.inherit()
  try await Task.sleep(for: .nanoseconds(1))
  return box.number
}

nonisolated final class Server {
  let profiler = Profiler()
  var count = 0
  init() {}

  @Profiled(by: \Server.profiler)
  func respond() async -> Int {
    count += 1
    return await again()
  }

  @Profiled(by: \Server.profiler, inputs: ["count": "count"])
  nonisolated(nonsending) func again() async -> Int {
    count += 1
    return count
  }

  @Profiled
  deinit { count = 0 }
}

@Profiled(.allFunctions)
class Parser {
  var depth = 0

  func parse() async throws -> Parser {
    depth += 1
    try await skip()
    return self
  }

  func skip() async throws { try await Task.sleep(for: .nanoseconds(1)) }

  class func make() async -> Parser { Parser() }

  @NotProfiled func look() -> Int { depth }
}

@Profiled(.allFunctions, labels: ["part": "extension"])
extension Parser {
  func descend(into number: inout Int) async throws {
    number += try await parse().depth
  }
}

@Profiled(.allFunctions)
actor Queue {
  private var items: [Int] = []

  func push(_ item: Int) async { items.append(item) }

  func pop() async throws -> Int? {
    try await Task.sleep(for: .nanoseconds(1))
    return items.popLast()
  }
}
