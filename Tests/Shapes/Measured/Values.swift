// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataProfiler

// Structures, enumerations, generics, existentials.

protocol Work {
  associatedtype Output
  mutating func step() async throws -> Output
  func look() async -> Int
}

extension Work {
  func lookTwice() async -> Int {
    await measure { await look() + look() }
  }

  mutating func twice() async throws -> (Output, Output) {
    try await measure { (try await step(), try await step()) }
  }

  static func make(_ make: () async -> Self) async -> Self {
    await measure { await make() }
  }
}

protocol Plain {
  func run() async throws -> Int
  var value: Int { get async }
}

extension Plain {
  func runTwice() async throws -> Int {
    try await measure { try await run() + run() }
  }
}

struct Holder {
  let plain: any Plain
  var others: [any Plain] = []

  func run() async throws -> Int {
    try await measure { try await plain.run() }
  }

  func value() async -> Int {
    await measure("value") { await plain.value }
  }

  mutating func all() async throws -> Int {
    try await measure {
      var sum = 0
      for other in others { sum += try await other.run() }
      others = []
      return sum
    }
  }
}

func existential(_ plain: any Plain) async throws -> Int {
  try await measure { try await plain.run() }
}

func opaque(_ plain: some Plain) async throws -> Int {
  try await measure("opaque", labels: ["type": "\(type(of: plain))"]) { try await plain.run() }
}

func generic<P: Plain>(_ plain: P) async throws -> P {
  try await measure {
    _ = try await plain.run()
    return plain
  }
}

func optionalExistential(_ plain: (any Plain)?) async throws -> Int? {
  try await measure { try await plain?.run() }
}

func inOut<W: Work>(_ work: inout W) async throws -> W.Output {
  try await measure { try await work.step() }
}

func composed(_ plain: any Plain & AnyObject) async -> Int {
  await measure { await plain.value }
}

func primary(_ sequence: any AsyncSequence<Int, any Error>) async throws -> Int {
  try await measure {
    var sum = 0
    for try await number in sequence { sum += number }
    return sum
  }
}

struct Counter {
  var count = 0
  var loader: Loader? = nil

  mutating func advance() async -> Int {
    await measure {
      count += 1
      await Task.yield()
      return count
    }
  }

  mutating func advanceThrowing() async throws(Refusal) {
    try await measure { () async throws(Refusal) in
      count += 1
      await Task.yield()
      if count > 9 { throw Refusal() }
    }
  }

  mutating func advanceTwice() async -> Int {
    await measure { await advance() + advance() }
  }

  func read() async -> Int {
    await measure { await loader?.other() ?? count }
  }

  static func make() async -> Counter {
    await measure {
      await Task.yield()
      return Counter()
    }
  }

  static func += (counter: inout Counter, number: Int) async {
    await measure {
      counter.count += number
      _ = await counter.advance()
    }
  }

  func callAsFunction() async -> Int {
    await measure { await read() }
  }

  var value: Int {
    get async throws { try await measure { try await Loader().throwing() } }
  }

  subscript(_ loader: Loader) -> Int {
    get async { await measure { await loader.other() } }
  }
}

indirect enum Tree {
  case leaf(Loader)
  case node([Tree])

  func sum() async -> Int {
    await measure {
      switch self {
      case .leaf(let loader): return await loader.other()
      case .node(let trees):
        var sum = 0
        for tree in trees { sum += await tree.sum() }
        return sum
      }
    }
  }
}

nonisolated struct Pair<First, Second> {
  var first: First
  var second: Second

  func map<T, E: Error>(_ body: (First, Second) async throws(E) -> T) async throws(E) -> T {
    try await measure { () async throws(E) -> T in try await body(first, second) }
  }

  mutating func swap() async where First == Second {
    await measure {
      await Task.yield()
      (first, second) = (second, first)
    }
  }
}

nonisolated func pack<each Item>(
  _ items: repeat each Item,
  body: (repeat each Item) async -> Void
) async -> (repeat each Item) {
  await measure {
    await body(repeat each items)
    return (repeat each items)
  }
}

func functionValue(_ loader: Loader) async -> () -> Int {
  await measure {
    let count = await loader.other()
    return { count + loader.count }
  }
}

func collected<S: AsyncSequence>(_ sequence: S) async throws -> [S.Element] {
  try await measure {
    var elements: [S.Element] = []
    for try await element in sequence { elements.append(element) }
    return elements
  }
}

nonisolated func mapped<Value, Result>(
  _ values: [Value],
  _ body: (Value) async throws -> Result
) async rethrows -> [Result] {
  try await measure {
    var results: [Result] = []
    for value in values { results.append(try await body(value)) }
    return results
  }
}

func some(_ loader: Loader) async -> some Sequence<Int> {
  await measure {
    [await loader.other()]
  }
}

func unwrapped(_ loader: Loader) async -> Loader! {
  await measure { await loader.other() > 0 ? loader : nil }
}

func keyPath<Root, Value>(_ root: Root, _ path: KeyPath<Root, Value>) async -> Value {
  await measure {
    await Task.yield()
    return root[keyPath: path]
  }
}

nonisolated protocol Changing {
  var number: Int { get set }
  mutating func change() async
}

nonisolated func change(_ value: inout any Changing) async {
  await measure { await value.change() }
}

nonisolated func changeSome(_ value: inout some Changing) async -> Int {
  await measure {
    await value.change()
    value.number += 1
    return value.number
  }
}

nonisolated struct Pipeline {
  var stages: [(Loader2) async throws -> Loader2] = []

  func run(_ loader: Loader2) async throws -> Loader2 {
    try await measure {
      var loader = loader
      for stage in stages { loader = try await stage(loader) }
      return loader
    }
  }

  mutating func add(_ stage: @escaping (Loader2) async throws -> Loader2) async {
    await measure {
      stages.append(stage)
      await Task.yield()
    }
  }
}

nonisolated func branches(_ number: Int, _ loader: Loader2) async -> String {
  await measure { if number > 0 { "some" } else { "\(await loader.look())" } }
}

nonisolated func attempt(_ loader: Loader2) async -> Int? {
  await measure { try? await loader.typed() }
}

nonisolated func collect(_ loader: Loader2, into loaders: inout [Loader2]) async {
  await measure {
    _ = await loader.look()
    loaders.append(loader)
  }
}
