// SPDX-License-Identifier: Apache-2.0

#if Tools

import Testing

@testable import StrataSQLite

struct EdgeIDTests {
  @Test func `numbers of edges are found again, in both directions and after growth`() {
    var edges = EdgeIDs()
    let count: Int32 = 500
    for number in 1...count {
      edges.learn(caller: number, callee: number % 7 + 1, 2 * number)
      edges.learn(caller: -number, callee: number, 2 * number + 1)
    }
    edges.keepPending()
    #expect((1...count).allSatisfy { edges.id(caller: $0, callee: $0 % 7 + 1) == 2 * $0 })
    #expect((1...count).allSatisfy { edges.id(caller: -$0, callee: $0) == 2 * $0 + 1 })
    #expect(edges.id(caller: count + 1, callee: 1) == nil)
    #expect(edges.id(caller: 3, callee: 500) == nil)
  }

  @Test func `what a rollback takes back may be learned anew`() {
    var edges = EdgeIDs()
    edges.learn(caller: 1, callee: 2, 1)
    edges.keepPending()
    for number: Int32 in 2...40 { edges.learn(caller: number, callee: 1, number) }
    edges.forgetPending()
    #expect(edges.id(caller: 1, callee: 2) == 1)
    #expect((2...40).allSatisfy { (number: Int32) in edges.id(caller: number, callee: 1) == nil })
    edges.learn(caller: 5, callee: 1, 77)
    edges.keepPending()
    #expect(edges.id(caller: 5, callee: 1) == 77)
  }
}

#endif
