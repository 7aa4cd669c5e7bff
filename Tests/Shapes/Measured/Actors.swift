// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataProfiler

// Actors, global actors, isolated parameters.

nonisolated final class Box {
  var number = 0
  init() {}
  nonisolated(nonsending) func inherit() async { number += 1 }
  func isolated(_ actor: isolated (any Actor)? = #isolation) async { number += 1 }
  @concurrent func leave() async { number += 1 }
}

actor Account {
  private var balance = 0
  private var box = Box()
  private let profiler = Profiler()

  func deposit(_ amount: Int) async -> Int {
    await measure {
      balance += amount
      await Task.yield()
      return balance
    }
  }

  func labelled(_ amount: Int) async -> Int {
    await measure(labels: ["balance": "\(balance)"]) { await deposit(amount) }
  }

  func own() async throws -> Int {
    try await profiler.measure {
      try await Task.sleep(for: .nanoseconds(1))
      return balance
    }
  }

  func state() async {
    await measure {
      box.number += 1
      await box.inherit()
      await box.isolated()
    }
  }

  func alias() async -> Int {
    let box = box
    return await measure {
      box.number += 1
      await box.inherit()
      return box.number + balance
    }
  }

  func fresh() async -> Int {
    let box = Box()
    return await measure {
      await box.leave()
      await box.inherit()
      return box.number
    }
  }

  func keep() async {
    let box = await measure {
      await Task.yield()
      return Box()
    }
    self.box = box
  }

  func parameter(_ box: Box) async -> Int {
    await measure {
      await box.isolated()
      return box.number
    }
  }

  func inOut() async -> Int {
    var sum = 0
    await measure {
      for number in 0..<3 { sum += await deposit(number) }
    }
    return sum
  }

  func other(_ other: Account) async -> Int {
    await measure { await other.deposit(1) + balance }
  }

  func hop() async -> Int {
    await measure { await onMain() + balance }
  }

  func children() async -> Int {
    await measure {
      async let one = deposit(1)
      async let two = deposit(2)
      return await one + two
    }
  }

  func group() async -> Int {
    await measure {
      await withTaskGroup(of: Int.self) { group in
        for number in 0..<3 { group.addTask { await self.deposit(number) } }
        var sum = balance
        for await number in group { sum += number }
        return sum
      }
    }
  }

  func task() async -> Int {
    await measure {
      let task = Task { await measure("task") { await self.deposit(1) } }
      return await task.value + balance
    }
  }

  func parallel() async -> Int {
    async let child = measure { await self.deposit(1) }
    return await child + balance
  }

  func value() -> (isolated Account) async -> Int {
    { (account: isolated Account) async in
      await measure {
        account.balance += 1
        return await account.deposit(1)
      }
    }
  }

  func again() async throws -> Int {
    for attempt in 0..<3 {
      do {
        return try await measure(labels: ["attempt": "\(attempt)"]) {
          guard balance > attempt else { throw Refusal() }
          return await deposit(1)
        }
      } catch {
        balance -= 1
      }
    }
    return 0
  }

  func weakly() async -> Int {
    await measure { [weak self] in await self?.deposit(1) ?? 0 }
  }

  func typed() async throws(Refusal) {
    try await measure { () async throws(Refusal) in
      await Task.yield()
      guard balance > 0 else { throw Refusal() }
    }
  }

  func closure(_ body: (isolated Account) async throws -> Int) async rethrows -> Int {
    try await measure { try await body(self) }
  }

  func sendableClosure(_ body: @Sendable () async throws -> Int) async rethrows -> Int {
    try await measure { try await body() + balance }
  }

  static func make() async -> Account {
    await measure {
      let account = Account()
      _ = await account.deposit(1)
      return account
    }
  }

  nonisolated func describe() async -> String {
    await measure { "\(await deposit(0))" }
  }

  nonisolated(nonsending) func inherit() async -> Int {
    await measure { await deposit(0) }
  }

  var later: Int {
    get async { await measure { await deposit(0) } }
  }

  subscript(_ number: Int) -> Int {
    get async { await measure { await deposit(number) } }
  }

  init() {}

  init(later number: Int) async {
    balance = number
    balance = await measure { await deposit(number) }
  }

  isolated deinit {
    measure { balance = 0 }
  }
}

extension Account {
  func extended() async -> Int {
    await measure { await deposit(1) + balance }
  }
}

@globalActor
actor Storage {
  static let shared = Storage()
}

@Storage
final class Table {
  var rows: [String] = []
  let box = Box()

  func add(_ row: String) async -> Int {
    await measure {
      rows.append(row)
      await box.inherit()
      return rows.count
    }
  }

  nonisolated func count() async -> Int {
    await measure { await rows.count }
  }
}

@MainActor
final class Window {
  var title = ""
  let box = Box()

  func show(_ text: String) async -> String {
    await measure(labels: ["title": title]) {
      title += text
      await box.isolated()
      await Task.yield()
      return title
    }
  }

  func save(_ table: Table) async -> Int {
    await measure { await table.add(title) }
  }

  lazy var handler: @MainActor () async -> String = {
    await measure("handler") { await self.show("handled") }
  }

  func animate(_ body: @MainActor () async -> Void) async {
    await measure {
      await body()
      title = ""
    }
  }
}

@MainActor
func onMain() async -> Int {
  await measure {
    await Task.yield()
    return 3
  }
}

@Storage
func onStorage(_ box: Box) async -> Int {
  await measure {
    await box.inherit()
    return box.number
  }
}

func isolated(to actor: isolated (any Actor)? = #isolation, _ box: Box) async -> Int {
  await measure {
    await box.isolated()
    return box.number
  }
}

func isolated(to account: isolated Account, _ box: Box) async -> Int {
  await measure {
    await box.isolated()
    return await account.deposit(box.number)
  }
}

nonisolated(nonsending) func inheriting(_ box: Box) async -> Int {
  await measure {
    box.number += 1
    await box.inherit()
    return box.number
  }
}

nonisolated(nonsending) func staying(_ box: Box) async throws -> Int {
  try await measure("stay", labels: ["number": "\(box.number)"], isolation: .inherited) {
    box.number += 1
    await box.inherit()
    return try await Profiler.shared.measure(isolation: .inherited) {
      try await Task.sleep(for: .nanoseconds(1))
      await box.isolated()
      return box.number
    }
  }
}

@concurrent
nonisolated func leaving(_ box: Box) async -> Int {
  await measure {
    await box.leave()
    return box.number
  }
}

protocol Store: Actor {
  func load() async -> Int
}

extension Store {
  func loadTwice() async -> Int {
    await measure { await load() + load() }
  }
}

func anyActor(_ store: any Store) async -> Int {
  await measure { await store.load() }
}
