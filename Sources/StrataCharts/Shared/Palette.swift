// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Which series has which colour: the same function has the same colour in every chart.
///
/// A function's colour follows from a hash of its identity. Where two of a chart want the same,
/// the one whose hash is smaller has it, whichever is larger in this chart; the other has a free
/// one. So two charts with the same functions agree, whatever the order.
enum Palette {
  /// Colours that stay apart for people with any of the three colour blindnesses, on light and
  /// on dark; a test measures it.
  static let colors: [ChartColor] = [
    0xf86e70, 0x915f2b, 0xe19f13, 0x6f9202, 0xaddc55, 0x0ed8c7,
    0x297894, 0x419bff, 0x794fc0, 0xc274d3, 0xf9b5ff, 0xbf3f73,
  ].map(ChartColor.init)

  /// What is not among the series.
  static let other = ChartColor(0x9aa0a6)

  /// What stands for no series: the bars of a table.
  static let accent = ChartColor(0x419bff)

  /// The colours of the series of a chart, in their order.
  static func colors(for keys: [SeriesKey]) -> [ChartColor] {
    var chosen = [Int?](repeating: nil, count: keys.count)
    var uses = [Int](repeating: 0, count: colors.count)
    let hashes = keys.map(\.stableHash)
    let order = keys.indices.sorted { (hashes[$0], $0) < (hashes[$1], $1) }
    // First everyone who can have the own colour, so that few depend on their neighbours.
    for index in order where uses[slot(of: hashes[index])] == 0 {
      chosen[index] = slot(of: hashes[index])
      uses[slot(of: hashes[index])] = 1
    }
    for index in order where chosen[index] == nil {
      let neighbours = [index - 1, index + 1].filter(chosen.indices.contains).map { chosen[$0] }
      let slot = free(near: slot(of: hashes[index]), uses, neighbours)
      chosen[index] = slot
      uses[slot] += 1
    }
    return chosen.map { colors[$0 ?? 0] }
  }

  /// The place of the colour that follows from a key alone, whatever else a chart shows.
  static func ownIndex(of key: SeriesKey) -> Int {
    slot(of: key.stableHash)
  }

  private static func slot(of hash: UInt64) -> Int {
    Int(hash % UInt64(colors.count))
  }

  /// The next colour that is used least, and that neither neighbour in the stack has.
  private static func free(near slot: Int, _ uses: [Int], _ neighbours: [Int?]) -> Int {
    let candidates = colors.indices.map { (slot + $0) % colors.count }
    return candidates.filter { !neighbours.contains($0) }.min { uses[$0] < uses[$1] } ?? slot
  }
}

extension SeriesKey {
  /// FNV-1a of the identity: Swift's own hash differs in each process.
  var stableHash: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in identity {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    // The last bits of FNV-1a depend on the last bits of the bytes alone.
    return hash ^ hash >> 32
  }

  /// Bytes that differ for different series; a function keeps them when its line moves.
  private var identity: [UInt8] {
    switch self {
    case .function(let function): [0] + function.file.bytes + [0] + function.name.bytes
    case .file(let file): [1] + file.bytes
    case .module(let module): [2] + module.bytes
    case .label(let key, let value): [3] + Array(key.utf8) + [0] + Array((value ?? "\0").utf8)
    case .all: [4]
    }
  }
}
