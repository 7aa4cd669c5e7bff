// SPDX-License-Identifier: Apache-2.0

// Data and FileManager: Swift's own library writes no files.
import Foundation
import StrataCore

/// What the peers load: the rows of functions and edges as columns, and the names of their numbers.
struct CorpusColumns {
  private let folder: String
  private let names: CorpusNames
  private let services: [String]
  let functions: FigureColumns
  /// Nil where nobody asks for edges.
  let edges: FigureColumns?

  /// Makes `FOLDER/columns`, empty.
  init(_ corpus: Corpus, folder: String, withEdges: Bool) throws {
    self.folder = folder + "/columns"
    try FileManager.default.makeEmpty(self.folder)
    names = corpus.names
    services = Set(corpus.bases.compactMap { $0.labels["service"] }).sorted()
    functions = try FigureColumns(folder: self.folder, name: "functions")
    edges = withEdges ? try FigureColumns(folder: self.folder, name: "edges") : nil
  }

  /// Appends the rows of a capture, in the order of its dump.
  func append(_ capture: Corpus.Capture) throws {
    let (base, variation) = (capture.base, capture.variation)
    let start = capture.start.nanoseconds
    let service = UInt8(services.firstIndex(of: capture.labels["service"] ?? "") ?? 0)
    for (row, rowEdges) in zip(capture.arrangement.rows, capture.arrangement.edges)
    where variation.isKept[row] {
      let function = base.rows[row].function
      functions.append(start: start, service: service, key: function, variation.rows[row])
      guard let edges else { continue }
      for edge in rowEdges where variation.isKept[base.edges[edge].caller] {
        let number = base.edges[edge].number
        edges.append(start: start, service: service, key: number, variation.edges[edge])
      }
    }
    try functions.writeIfFull()
    try edges?.writeIfFull()
  }

  /// Writes what is left, and the names.
  func close() throws {
    try functions.close()
    try edges?.close()
    let functions = names.functions.enumerated().map { "\($0)\t\($1.standardName)\n" }
    let edges = names.edges.enumerated().map { "\($0)\t\($1.caller)\t\($1.callee)\n" }
    let services = services.enumerated().map { "\($0)\t\($1)\n" }
    for (name, lines) in [("functions", functions), ("edges", edges), ("services", services)] {
      try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).tsv"))
    }
  }
}

extension FileManager {
  /// Makes a folder; what was there is gone.
  func makeEmpty(_ folder: String) throws {
    try? removeItem(atPath: folder)
    try createDirectory(atPath: folder, withIntermediateDirectories: true)
  }
}
