// SPDX-License-Identifier: Apache-2.0

/// The order in which a process dumps the functions of a base profile, and the callers of each.
///
/// cProfile's order is by the address of code. Processes that start alike have the same; where they
/// import modules as requests come, some two functions in a row stay together (measured with CPython
/// 3.11).
struct Arrangement {
  /// The rows in the order of the dump.
  let rows: [Int]
  /// For each of these rows, its edges in the order of the dump.
  let edges: [[Int]]

  /// Arranges a profile as a process does in which the functions stand at `addresses`.
  init(_ base: BaseProfile, addresses: [Int32]) {
    let places = base.rows.map { addresses[Int($0.function)] }
    let rows = base.rows.indices.sorted { places[$0] < places[$1] }
    self.rows = rows
    edges = rows.map { row in
      base.rows[row].edges.sorted { places[base.edges[$0].caller] < places[base.edges[$1].caller] }
    }
  }

  /// The place of each of `count` functions in the memory of one process.
  static func addresses(count: Int, host: Int, seed: UInt64) -> [Int32] {
    var source = RandomSource(seed: seed, -1 - host)
    var runs: [Range<Int32>] = []
    var first: Int32 = 0
    while first < count {
      let length = Int32.random(in: 1...3, using: &source)
      runs.append(first..<min(first + length, Int32(count)))
      first += length
    }
    runs.shuffle(using: &source)
    var addresses = Array(repeating: Int32(0), count: count)
    for (place, function) in runs.joined().enumerated() { addresses[Int(function)] = Int32(place) }
    return addresses
  }
}
