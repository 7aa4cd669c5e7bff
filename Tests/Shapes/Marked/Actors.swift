// SPDX-License-Identifier: Apache-2.0

import StrataMacros

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

  @Profiled
  func deposit(_ amount: Int) async -> Int {
    balance += amount
    await Task.yield()
    return balance
  }

  @Profiled
  func state() async {
    box.number += 1
    await box.inherit()
    await box.isolated()
  }

  @Profiled
  func parameter(_ box: Box) async -> Int {
    await box.isolated()
    return box.number
  }

  @Profiled
  func other(_ other: Account) async -> Int {
    await other.deposit(1) + balance
  }

  @Profiled
  func hop() async -> Int {
    await onMain() + balance
  }

  @Profiled
  func children() async -> Int {
    async let one = deposit(1)
    async let two = deposit(2)
    return await one + two
  }

  @Profiled
  func group() async -> Int {
    await withTaskGroup(of: Int.self) { group in
      for number in 0..<3 { group.addTask { await self.deposit(number) } }
      var sum = balance
      for await number in group { sum += number }
      return sum
    }
  }

  @Profiled
  func typed() async throws(Refusal) {
    await Task.yield()
    guard balance > 0 else { throw Refusal() }
  }

  @Profiled
  func closure(_ body: (isolated Account) async throws -> Int) async rethrows -> Int {
    try await body(self)
  }

  @Profiled
  func sendableClosure(_ body: @Sendable () async throws -> Int) async rethrows -> Int {
    try await body() + balance
  }

  @Profiled
  static func make() async -> Account {
    let account = Account()
    _ = await account.deposit(1)
    return account
  }

  @Profiled
  nonisolated func describe() async -> String {
    "\(await deposit(0))"
  }

  @Profiled
  nonisolated(nonsending) func inherit() async -> Int {
    await deposit(0)
  }

  init() {}
}

extension Account {
  @Profiled
  func extended() async -> Int {
    await deposit(1) + balance
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

  @Profiled
  func add(_ row: String) async -> Int {
    rows.append(row)
    await box.inherit()
    return rows.count
  }

  @Profiled
  nonisolated func count() async -> Int {
    await rows.count
  }
}

@MainActor
final class Window {
  var title = ""
  let box = Box()

  @Profiled
  func show(_ text: String) async -> String {
    title += text
    await box.isolated()
    await Task.yield()
    return title
  }

  @Profiled
  func save(_ table: Table) async -> Int {
    await table.add(title)
  }

  @Profiled
  func animate(_ body: @MainActor () async -> Void) async {
    await body()
    title = ""
  }
}

@MainActor
@Profiled
func onMain() async -> Int {
  await Task.yield()
  return 3
}

@Storage
@Profiled
func onStorage(_ box: Box) async -> Int {
  await box.inherit()
  return box.number
}

@Profiled
func isolated(to actor: isolated (any Actor)? = #isolation, _ box: Box) async -> Int {
  await box.isolated()
  return box.number
}

@Profiled
func isolated(to account: isolated Account, _ box: Box) async -> Int {
  await box.isolated()
  return await account.deposit(box.number)
}

@Profiled
nonisolated(nonsending) func inheriting(_ box: Box) async -> Int {
  box.number += 1
  await box.inherit()
  return box.number
}

@concurrent
@Profiled
nonisolated func leaving(_ box: Box) async -> Int {
  await box.leave()
  return box.number
}

protocol Store: Actor {
  func load() async -> Int
}

extension Store {
  @Profiled
  func loadTwice() async -> Int {
    await load() + load()
  }
}

@Profiled
func anyActor(_ store: any Store) async -> Int {
  await store.load()
}
