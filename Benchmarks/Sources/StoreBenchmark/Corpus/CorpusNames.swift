// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The numbers that functions and edges have in all files of a corpus.
///
/// Functions are known by their canonical identity, without addresses, so that a number means the
/// same series to every engine.
struct CorpusNames {
  /// Caller and callee.
  struct Edge: Hashable {
    let caller: Int32
    let callee: Int32
  }

  private(set) var functions: [Function] = []
  private(set) var edges: [Edge] = []
  private var functionNumbers: [Function: Int32] = [:]
  private var edgeNumbers: [Edge: Int32] = [:]

  /// The number of a function, the next one if it is new.
  mutating func number(of function: Function) -> Int32 {
    if let known = functionNumbers[function] { return known }
    let number = Int32(functions.count)
    functionNumbers[function] = number
    functions.append(function)
    return number
  }

  /// The number of an edge, the next one if it is new.
  mutating func number(of edge: Edge) -> Int32 {
    if let known = edgeNumbers[edge] { return known }
    let number = Int32(edges.count)
    edgeNumbers[edge] = number
    edges.append(edge)
    return number
  }
}
