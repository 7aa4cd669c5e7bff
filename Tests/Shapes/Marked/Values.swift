// SPDX-License-Identifier: Apache-2.0

import StrataMacros

// Structures, enumerations, generics, existentials.

protocol Work {
  associatedtype Output
  mutating func step() async throws -> Output
  func look() async -> Int
}

extension Work {
  @Profiled
  func lookTwice() async -> Int {
    await look() + look()
  }

  @Profiled
  mutating func twice() async throws -> (Output, Output) {
    (try await step(), try await step())
  }

  @Profiled
  static func make(_ make: () async -> Self) async -> Self {
    await make()
  }
}

protocol Plain {
  func run() async throws -> Int
  var value: Int { get async }
}

extension Plain {
  @Profiled
  func runTwice() async throws -> Int {
    try await run() + run()
  }
}

struct Holder {
  let plain: any Plain
  var others: [any Plain] = []

  @Profiled
  func run() async throws -> Int {
    try await plain.run()
  }

  @Profiled
  mutating func all() async throws -> Int {
    var sum = 0
    for other in others { sum += try await other.run() }
    others = []
    return sum
  }
}

@Profiled
func existential(_ plain: any Plain) async throws -> Int {
  try await plain.run()
}

@Profiled
func opaque(_ plain: some Plain) async throws -> Int {
  try await plain.run()
}

@Profiled
func generic<P: Plain>(_ plain: P) async throws -> P {
  _ = try await plain.run()
  return plain
}

@Profiled
func optionalExistential(_ plain: (any Plain)?) async throws -> Int? {
  try await plain?.run()
}

@Profiled
func inOut<W: Work>(_ work: inout W) async throws -> W.Output {
  try await work.step()
}

@Profiled
func composed(_ plain: any Plain & AnyObject) async -> Int {
  await plain.value
}

@Profiled
func primary(_ sequence: any AsyncSequence<Int, any Error>) async throws -> Int {
  var sum = 0
  for try await number in sequence { sum += number }
  return sum
}

struct Counter {
  var count = 0
  var loader: Loader? = nil

  @Profiled
  mutating func advance() async -> Int {
    count += 1
    await Task.yield()
    return count
  }

  @Profiled
  mutating func advanceThrowing() async throws(Refusal) {
    count += 1
    await Task.yield()
    if count > 9 { throw Refusal() }
  }

  @Profiled
  mutating func advanceTwice() async -> Int {
    await advance() + advance()
  }

  @Profiled
  func read() async -> Int {
    await loader?.other() ?? count
  }

  @Profiled
  static func make() async -> Counter {
    await Task.yield()
    return Counter()
  }

  @Profiled
  static func += (counter: inout Counter, number: Int) async {
    counter.count += number
    _ = await counter.advance()
  }

  @Profiled
  func callAsFunction() async -> Int {
    await read()
  }
}

indirect enum Tree {
  case leaf(Loader)
  case node([Tree])

  @Profiled
  func sum() async -> Int {
    switch self {
    case .leaf(let loader): return await loader.other()
    case .node(let trees):
      var sum = 0
      for tree in trees { sum += await tree.sum() }
      return sum
    }
  }
}

nonisolated struct Pair<First, Second> {
  var first: First
  var second: Second

  @Profiled
  func map<T, E: Error>(_ body: (First, Second) async throws(E) -> T) async throws(E) -> T {
    try await body(first, second)
  }

  @Profiled
  mutating func swap() async where First == Second {
    await Task.yield()
    (first, second) = (second, first)
  }
}

@Profiled
nonisolated func pack<each Item>(
  _ items: repeat each Item,
  body: (repeat each Item) async -> Void
) async -> (repeat each Item) {
  await body(repeat each items)
  return (repeat each items)
}

@Profiled
func collected<S: AsyncSequence>(_ sequence: S) async throws -> [S.Element] {
  var elements: [S.Element] = []
  for try await element in sequence { elements.append(element) }
  return elements
}

@Profiled
nonisolated func mapped<Value, Result>(
  _ values: [Value],
  _ body: (Value) async throws -> Result
) async rethrows -> [Result] {
  var results: [Result] = []
  for value in values { results.append(try await body(value)) }
  return results
}

@Profiled
func some(_ loader: Loader) async -> some Sequence<Int> {
  [await loader.other()]
}

@Profiled
func unwrapped(_ loader: Loader) async -> Loader! {
  await loader.other() > 0 ? loader : nil
}

@Profiled
func keyPath<Root, Value>(_ root: Root, _ path: KeyPath<Root, Value>) async -> Value {
  await Task.yield()
  return root[keyPath: path]
}

nonisolated protocol Changing {
  var number: Int { get set }
  mutating func change() async
}

@Profiled
nonisolated func change(_ value: inout any Changing) async {
  await value.change()
}

@Profiled
nonisolated func changeSome(_ value: inout some Changing) async -> Int {
  await value.change()
  value.number += 1
  return value.number
}

nonisolated struct Pipeline {
  var stages: [(Loader2) async throws -> Loader2] = []

  @Profiled
  func run(_ loader: Loader2) async throws -> Loader2 {
    var loader = loader
    for stage in stages { loader = try await stage(loader) }
    return loader
  }

  @Profiled
  mutating func add(_ stage: @escaping (Loader2) async throws -> Loader2) async {
    stages.append(stage)
    await Task.yield()
  }
}

@Profiled
nonisolated func branches(_ number: Int, _ loader: Loader2) async -> String {
  if number > 0 { "some" } else { "\(await loader.look())" }
}

@Profiled
nonisolated func attempt(_ loader: Loader2) async -> Int? {
  try? await loader.typed()
}

@Profiled
nonisolated func collect(_ loader: Loader2, into loaders: inout [Loader2]) async {
  _ = await loader.look()
  loaders.append(loader)
}
