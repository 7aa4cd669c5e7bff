// SPDX-License-Identifier: Apache-2.0

#if Macros
import StrataMacros

// Functions of all forms, marked. Each lets time pass, so that figures tell who measured what.

struct Failure: Error, Equatable { var code = 1 }

struct Handle: ~Copyable {
  var number: Int

  @Profiled(by: Bench.profiler)
  mutating func advance() {
    Bench.spend()
    number += 1
  }

  @Profiled(by: Bench.profiler)
  borrowing func read() -> Int {
    Bench.spend()
    return number
  }
}

final class Box { var number = 0 }

// MARK: - Free functions

@Profiled(by: Bench.profiler)
func single(_ x: Int) -> Int { x + 1 }

@Profiled(by: Bench.profiler)
func early(_ x: Int?, log: inout [String]) -> Int {
  defer { log.append("left") }
  guard let x else { return -1 }
  if x == 0 { return 0 }
  Bench.spend(2)
  return x
}

@Profiled(by: Bench.profiler)
func choice(_ flag: Bool) -> String { if flag { "yes" } else { "no" } }

@Profiled(by: Bench.profiler)
func nothing() {}

@discardableResult
@Profiled(by: Bench.profiler)
func discardable() -> Int { 1 }

@Profiled(by: Bench.profiler)
func discarding() { discardable() }

@Profiled(by: Bench.profiler)
func impossible(_ x: Int?) -> Int {
  switch x {
  case let x?: return x
  case nil: fatalError("no number")
  }
}

@Profiled(by: Bench.profiler)
func trap(_ really: Bool = true) -> Int { fatalError("never called") }

@Profiled(by: Bench.profiler)
func stop() -> Never { fatalError("never called") }

@Profiled(by: Bench.profiler)
func throwing(_ x: Int) throws -> Int {
  Bench.spend()
  if x < 0 { throw Failure() }
  return x
}

@Profiled(by: Bench.profiler)
func typed(_ x: Int) throws(Failure) -> Int {
  Bench.spend()
  guard x >= 0 else { throw Failure(code: x) }
  return x
}

@Profiled(by: Bench.profiler)
func unfailing() throws(Never) -> Int { 7 }

@Profiled(by: Bench.profiler)
func passing<E: Error>(_ body: () throws(E) -> Int) throws(E) -> Int { try body() }

@Profiled(by: Bench.profiler)
func again(_ body: () throws -> Int) rethrows -> Int { try body() + (try body()) }

@Profiled(by: Bench.profiler)
func lazily(_ x: @autoclosure () -> Int) -> Int { x() }

@Profiled(by: Bench.profiler)
func largest<Element: Comparable>(_ elements: Element...) -> Element? { elements.max() }

@Profiled(by: Bench.profiler)
func pack<each Item>(_ items: repeat each Item) -> (repeat each Item) { (repeat each items) }

@Profiled(by: Bench.profiler)
func opaque(_ count: Int) -> some Sequence<Int> {
  let numbers = 0..<count
  return numbers.map { $0 * 2 }
}

@Profiled(by: Bench.profiler)
func opaqueThrowing(_ count: Int) throws -> some Collection<Int> {
  if count < 0 { throw Failure() }
  return [count]
}

@Profiled(by: Bench.profiler)
func opened(_ x: some BinaryInteger) -> any BinaryInteger { x * 2 }

@Profiled(by: Bench.profiler)
func unwrapped(_ x: Int?) -> Int! { x }

@Profiled(by: Bench.profiler)
func handle() -> Handle { Handle(number: 3) }

@Profiled(by: Bench.profiler)
func look(at handle: borrowing Handle) -> Int { handle.number }

@Profiled(by: Bench.profiler)
func move(_ handle: inout Handle) { handle.advance() }

@Profiled(by: Bench.profiler)
func sum(of numbers: Span<Int>) -> Int {
  var sum = 0
  for index in numbers.indices { sum += numbers[index] }
  return sum
}

@Profiled(by: Bench.profiler)
func fresh() -> sending Box { Box() }

@Profiled(by: Bench.profiler)
func makeClosure(_ x: Int) -> @Sendable () -> Int { { x } }

@Profiled(by: Bench.profiler)
func factorial(_ n: Int) -> Int {
  Bench.spend()
  return n < 2 ? 1 : n * factorial(n - 1)
}

@Profiled(by: Bench.profiler) func overloaded(_ x: Int) -> String { "Int" }
@Profiled(by: Bench.profiler) func overloaded(_ x: String) -> String { "String" }

@Profiled(by: Bench.profiler)
@available(macOS 15, *)
@inline(never)
nonisolated
  func attributed() -> Int
{ 5 }

func around() -> Int {
  @Profiled(by: Bench.profiler)
  func inner(_ x: Int) -> Int { x * 2 }
  return inner(4)
}

// MARK: - Asynchronous functions

@Profiled(by: Bench.profiler)
func waiting(_ x: Int) async -> Int {
  await Task.yield()
  Bench.spend(4)
  return x
}

@Profiled(by: Bench.profiler)
func waitingOrThrowing(_ x: Int) async throws -> Int {
  guard x >= 0 else { throw Failure() }
  return await waiting(x)
}

@Profiled(by: Bench.profiler)
func waitingTyped(_ x: Int) async throws(Failure) -> Int {
  await Task.yield()
  guard x >= 0 else { throw Failure(code: x) }
  return x
}

@Profiled(by: Bench.profiler)
func waitingAgain(_ body: () async throws -> Int) async rethrows -> Int {
  try await body() + (try await body())
}

@Profiled(by: Bench.profiler)
func waitingInOut(_ x: inout Int) async {
  x += 1
  await Task.yield()
  x += 1
}

@Profiled(by: Bench.profiler)
func concurrently() async -> Int {
  async let one = waiting(1)
  async let two = waiting(2)
  return await one + two
}

@Profiled(by: Bench.profiler)
func waitingHandle() async -> Handle {
  await Task.yield()
  return Handle(number: 8)
}

@Profiled(by: Bench.profiler)
func waitingOpaque() async throws -> some Sequence<Int> {
  await Task.yield()
  return [await waiting(3)]
}

@concurrent
@Profiled(by: Bench.profiler)
func elsewhere(_ x: Int) async -> Int { await waiting(x) }

/// The actor of the caller, on which it stays.
@Profiled(by: Bench.profiler)
nonisolated(nonsending) func inheriting() async -> (any Actor)? { await currentActor() }

nonisolated(nonsending) func currentActor() async -> (any Actor)? { #isolation }

@Profiled(by: Bench.profiler)
func isolated(to actor: isolated (any Actor)? = #isolation, _ box: Box) async -> Int {
  await Task.yield()
  box.number += 1
  return box.number
}
#endif
