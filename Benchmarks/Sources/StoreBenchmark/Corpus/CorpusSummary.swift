// SPDX-License-Identifier: Apache-2.0

// JSONEncoder: the words between the driver and this program.
import Foundation

/// `corpus.json`: how much a corpus holds, and how long it took to store where that was measured.
struct CorpusSummary: Encodable {
  let form: String
  var captures = 0
  var dumpBytes = 0
  var functionRows = 0
  var edgeRows = 0
  let functions: Int
  let edges: Int
  /// Seconds until all captures were durable, and until they were rolled up.
  var insertSeconds: Double?
  var rollUpSeconds: Double?

  init(_ corpus: Corpus) {
    form = corpus.form.rawValue
    functions = corpus.names.functions.count
    edges = corpus.names.edges.count
  }

  /// Counts a capture and its dump.
  mutating func count(_ capture: Corpus.Capture, dump: [UInt8]) {
    captures += 1
    dumpBytes += dump.count
    let (base, isKept) = (capture.base, capture.variation.isKept)
    for (row, keeps) in zip(base.rows, isKept) where keeps {
      functionRows += 1
      edgeRows += base.edges[row.edges].count { isKept[$0.caller] }
    }
  }

  func write(folder: String) throws {
    try JSONEncoder().encode(self).write(to: URL(fileURLWithPath: "\(folder)/corpus.json"))
  }
}
