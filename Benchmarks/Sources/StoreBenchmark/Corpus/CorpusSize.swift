// SPDX-License-Identifier: Apache-2.0

/// How large a corpus is in each direction in which a store can grow.
struct CorpusSize {
  var captures: Int
  /// The base profiles that are varied: those with so many functions.
  var functions = 0...Int.max
  /// How many hosts there are, each of which has a process of its own order.
  var hosts = 8
}
