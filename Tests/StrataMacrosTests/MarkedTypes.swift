// SPDX-License-Identifier: Apache-2.0

#if Macros
import StrataMacros

// Methods of all kinds of types, marked.

struct Point: Equatable {
  var x = 0

  struct Path {
    @Profiled(by: Bench.profiler)
    func draw(from point: Point, times: Int = 2) -> Int { point.x * times }
  }

  @Profiled(by: Bench.profiler)
  mutating func move(by distance: Int) {
    Bench.spend()
    x += distance
  }

  @Profiled(by: Bench.profiler)
  mutating func reset() { self = Point() }

  @Profiled(by: Bench.profiler)
  mutating func moveLater() async {
    x += 1
    await Task.yield()
    x += 1
  }

  @Profiled(by: Bench.profiler)
  static func make() -> Self { Self(x: 9) }

  @Profiled(by: Bench.profiler)
  static func + (left: Point, right: Point) -> Point { Point(x: left.x + right.x) }

  @Profiled(by: Bench.profiler)
  static prefix func - (point: Point) -> Point { Point(x: -point.x) }

  @Profiled(by: Bench.profiler)
  func callAsFunction(_ y: Int) -> Int { x + y }
}

extension Point.Path {
  @Profiled(by: Bench.profiler)
  func erase() {}
}

extension Array where Element == Int {
  @Profiled(by: Bench.profiler)
  func total() -> Int { reduce(0, +) }
}

protocol Animal { var name: String { get } }

extension Animal {
  @Profiled(by: Bench.profiler)
  func call() -> String { name }
}

struct Cat: Animal { let name = "cat" }

class Base {
  var number = 1

  /// A method of the name of the probe must not be mistaken for it.
  func measure() -> Int { 0 }

  @Profiled(by: Bench.profiler)
  func work() -> Int {
    Bench.spend()
    number += 1
    return number
  }

  @Profiled(by: Bench.profiler)
  func me() -> Self { self }

  @Profiled(by: Bench.profiler)
  class func kind() -> String { "base" }

  @Profiled(by: Bench.profiler)
  deinit { Bench.spend(3) }
}

final class Derived: Base {
  @Profiled(by: Bench.profiler)
  override func work() -> Int { super.work() * 10 }

  @Profiled(by: Bench.profiler)
  override class func kind() -> String { "derived of " + super.kind() }
}

actor Account {
  private var balance = 0

  @Profiled(by: Bench.profiler)
  func deposit(_ amount: Int) { balance += amount }

  @Profiled(by: Bench.profiler)
  func depositLater(_ amount: Int) async throws -> Int {
    deposit(amount)
    await Task.yield()
    balance += amount
    return balance
  }

  @Profiled(by: Bench.profiler)
  nonisolated func describe() -> String { "account" }
}

@MainActor
final class Window {
  private var title = ""

  @Profiled(by: Bench.profiler)
  func show(_ title: String) { self.title = title }

  @Profiled(by: Bench.profiler)
  func showLater(_ box: Box) async -> String {
    title += "!"
    await Task.yield()
    box.number += 1
    return title
  }
}

@MainActor
@Profiled(by: Bench.profiler)
func onMain() -> Int { 3 }

// MARK: - Whole types

@Profiled(.allFunctions, by: Bench.profiler)
enum Parser {
  case fast, slow

  static func parse(_ text: String) throws -> Int {
    Bench.spend()
    guard let number = Int(text) else { throw Failure() }
    return Parser.slow.check(number)
  }

  private func check(_ number: Int) -> Int { skip() + number }

  @NotProfiled
  func skip() -> Int { 0 }

  @Profiled("named", by: Bench.profiler)
  func marked() {}

  var property: Int { 1 }

  struct Inside { func untouched() {} }
}

@Profiled(.allFunctions, by: Bench.profiler, labels: ["part": "extension"])
extension Parser {
  func extended() async { await Task.yield() }
}

@Profiled(.allFunctions, by: Bench.profiler)
actor Queue {
  private var items: [Int] = []

  func push(_ item: Int) { items.append(item) }

  func pop() -> Int? { items.popLast() }
}

// MARK: - Arguments

struct Server {
  let profiler: Profiler

  @Profiled(by: \Server.profiler)
  func respond() -> Int { 200 }

  @Profiled(by: \Self.profiler)
  func respondLater() async throws(Failure) -> Int { 201 }
}

@Profiled(.allFunctions, by: Bench.profiler)
extension Server {
  @Profiled(by: \Server.profiler)
  func restart() {}
}

@Profiled("another name", by: Bench.profiler)
func named() {}

@Profiled(by: Bench.profiler, labels: ["service": "search"])
func labelled() { single(1).ignore() }

@Profiled(by: Bench.profiler, inputs: ["size": "rows.count", "input": "kind"])
func load(_ rows: [Int], kind: String?) { single(1).ignore() }

@Profiled(
  by: Bench.profiler,
  labels: ["service": "search", "input": "any"],
  inputs: ["input": "x"]
)
func loadLater(_ x: Int) async -> Int { await waiting(x) }

@Profiled
func shared() {}

extension Int {
  func ignore() {}
}
#endif
