// SPDX-License-Identifier: Apache-2.0

import StrataProfiler

// Generic asynchronous sequences and their iterators.

nonisolated struct MeasuredSequence<Base: AsyncSequence>: AsyncSequence {
  typealias Element = Base.Element
  let base: Base

  func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator()) }

  struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator

    @concurrent
    mutating func next() async throws -> Base.Element? {
      try await measure { try await base.next() }
    }
  }
}

nonisolated struct TypedIterator<Base: AsyncIteratorProtocol>: AsyncIteratorProtocol {
  var base: Base

  mutating func next() async throws(Base.Failure) -> Base.Element? {
    try await measure { () async throws(Base.Failure) -> Base.Element? in
      try await base.next(isolation: #isolation)
    }
  }

  nonisolated(nonsending) mutating func advance() async throws(Base.Failure) -> Base.Element? {
    try await measure(isolation: .inherited) { () async throws(Base.Failure) -> Base.Element? in
      try await base.next(isolation: #isolation)
    }
  }
}

nonisolated struct IsolatedIterator<Base: AsyncIteratorProtocol>: AsyncIteratorProtocol {
  var base: Base

  mutating func next() async throws(Base.Failure) -> Base.Element? {
    try await next(isolation: #isolation)
  }

  mutating func next(
    isolation actor: isolated (any Actor)?
  ) async throws(Base.Failure) -> Base.Element? {
    try await measure { () async throws(Base.Failure) -> Base.Element? in
      try await base.next(isolation: actor)
    }
  }
}

nonisolated struct FilteringIterator<Base: AsyncIteratorProtocol>: AsyncIteratorProtocol {
  var base: Base
  let isIncluded: (Base.Element) async throws -> Bool

  @concurrent
  mutating func next() async throws -> Base.Element? {
    try await measure {
      while let element = try await base.next() {
        if try await isIncluded(element) { return element }
      }
      return nil
    }
  }
}

nonisolated final class ClassIterator<Element>: AsyncIteratorProtocol {
  var elements: [Element] = []

  func next() async -> Element? {
    await measure {
      await Task.yield()
      return elements.popLast()
    }
  }
}

nonisolated struct ErasedIterator<Element>: AsyncIteratorProtocol {
  var base: any AsyncIteratorProtocol

  @concurrent
  mutating func next() async throws -> Element? {
    try await measure { try await base.next() as? Element }
  }
}
