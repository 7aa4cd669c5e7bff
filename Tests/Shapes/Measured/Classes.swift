// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataProfiler

// Methods of classes that are not Sendable.

struct Refusal: Error {}

class Loader {
  var count = 0
  let profiler = Profiler()
  var title: String { "loader \(count)" }

  func plain() async -> Int {
    await measure {
      count += 1
      return await other()
    }
  }

  func other() async -> Int {
    await Task.yield()
    return count
  }

  func throwing() async throws -> Int {
    try await measure {
      count += 1
      try await Task.sleep(for: .nanoseconds(1))
      return count
    }
  }

  func typed() async throws(Refusal) -> Int {
    try await measure { () async throws(Refusal) -> Int in
      guard await other() > 0 else { throw Refusal() }
      return count
    }
  }

  func labelled() async -> Int {
    await measure(labels: ["title": title, "count": "\(count)"]) {
      count += 1
      return await other()
    }
  }

  func named() async -> Int {
    await measure("another", labels: ["a": "b"]) { await other() }
  }

  func own() async -> Int {
    await profiler.measure {
      count += 1
      return await other()
    }
  }

  func ownLabelled() async -> Int {
    await profiler.measure("own", labels: ["title": title]) {
      await other() + count
    }
  }

  func nested() async throws -> Int {
    try await measure("outer") {
      let first = await measure("inner") { await other() }
      let second = measure("synchronous") { count }
      return try await measure("last") { try await throwing() } + first + second
    }
  }

  func inOut(_ number: inout Int) async {
    await measure {
      number += await other()
      count += number
    }
  }

  func localState() async -> [Int] {
    var seen: [Int] = []
    await measure {
      for _ in 0..<3 { seen.append(await other()) }
    }
    return seen
  }

  func tuple() async -> (Int, Loader) {
    await measure { (await other(), self) }
  }

  func optional() async -> Loader? {
    await measure { await other() > 0 ? self : nil }
  }

  func closure(_ body: () async throws -> Int) async rethrows -> Int {
    try await measure { try await body() + count }
  }

  func typedClosure<E: Error>(_ body: () async throws(E) -> Int) async throws(E) -> Int {
    try await measure { () async throws(E) -> Int in try await body() + count }
  }

  func other(_ loader: Loader) async -> Int {
    await measure { await loader.other() + other() }
  }

  func children() async -> Int {
    await measure {
      async let one = Loader().other()
      async let two = Loader().plain()
      count += 1
      return await one + two
    }
  }

  func group() async -> Int {
    await measure {
      await withTaskGroup(of: Int.self) { group in
        for number in 0..<3 { group.addTask { await Loader().other() + number } }
        var sum = 0
        for await number in group { sum += number }
        return sum
      }
    }
  }

  func throwingGroup() async throws -> Int {
    try await measure {
      try await withThrowingTaskGroup(of: Int.self) { group in
        group.addTask { try await Loader().throwing() }
        while let number = try await group.next() { count += number }
        return count
      }
    }
  }

  func cancellable() async -> Int {
    await measure {
      await withTaskCancellationHandler {
        await other()
      } onCancel: {
      }
    }
  }

  func continued() async -> Int {
    await measure {
      count += await withCheckedContinuation { $0.resume(returning: 1) }
      return count
    }
  }

  func looping(_ stream: AsyncStream<Int>) async -> Int {
    await measure {
      for await number in stream where number > 0 { count += number }
      return count
    }
  }

  func early(_ number: Int?) async -> Int {
    await measure {
      guard let number else { return await other() }
      defer { count += number }
      switch number {
      case 0: return await other()
      default: return await plain()
      }
    }
  }

  func caught() async -> Int {
    await measure {
      do {
        return try await throwing()
      } catch {
        return await other()
      }
    }
  }

  func nothing() async {
    await measure { _ = await other() }
  }

  func stream() async -> AsyncStream<Int> {
    await measure {
      _ = await other()
      return AsyncStream { $0.finish() }
    }
  }

  class func shared() async -> Int {
    await measure { await Loader().other() }
  }

  subscript(_ number: Int) -> Int {
    get async throws {
      try await measure { try await throwing() + number }
    }
  }

  var later: Int {
    get async { await measure { await other() } }
  }

  init() {}

  init(later number: Int) async {
    count = number
    count = await measure { await other() }
  }

  convenience init(after number: Int) async throws {
    let number = try await measure { () async throws -> Int in
      try await Task.sleep(for: .nanoseconds(1))
      return number
    }
    self.init()
    count = number
  }
}

final class FastLoader: Loader {
  override func plain() async -> Int {
    await measure { await super.plain() + 1 }
  }

  override func other() async -> Int {
    await measure("fast") {
      count += 1
      return await super.other()
    }
  }
}

nonisolated final class Freed {
  var number = 1
  init() {}
  deinit {
    measure { number = 0 }
  }
}

nonisolated class Node<Value> {
  var value: Value
  var next: Node<Value>?

  init(_ value: Value) { self.value = value }

  func walk(_ body: (Value) async throws -> Void) async rethrows {
    try await measure {
      try await body(value)
      try await next?.walk(body)
    }
  }

  func fold<Result>(_ start: Result, _ body: (Result, Value) async -> Result) async -> Result {
    await measure {
      let result = await body(start, value)
      return await next?.fold(result, body) ?? result
    }
  }

  func same() async -> Self {
    await measure {
      await Task.yield()
      return self
    }
  }
}
