// SPDX-License-Identifier: Apache-2.0

// FileHandle and FileManager: Swift's own library writes no files.
import Foundation
import StrataCore
import StrataFormats

/// A corpus on the disk: dumps with their index for Strata, columns for the peers, and `corpus.json`.
struct CorpusFolder {
  private let corpus: Corpus
  private let folder: String
  private let index: FileHandle
  private let functions: FigureColumns
  private let edges: FigureColumns
  private let services: [String]
  private var dump: CProfileDump
  private var dumpBytes = 0
  private var captures = 0

  init(_ corpus: Corpus, folder: String) throws {
    for name in ["dumps", "columns"] {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(name)",
        withIntermediateDirectories: true
      )
    }
    self.corpus = corpus
    self.folder = folder
    index = try FileHandle.creating("\(folder)/dumps/index.jsonl")
    functions = try FigureColumns(folder: "\(folder)/columns", name: "functions")
    edges = try FigureColumns(folder: "\(folder)/columns", name: "edges")
    services = Set(corpus.bases.compactMap { $0.labels["service"] }).sorted()
    dump = CProfileDump(functions: corpus.names.functions)
  }

  mutating func write() throws {
    try corpus.forEachCapture { number, capture in
      try writeDump(number, capture)
      try writeColumns(capture)
    }
    try index.close()
    try functions.close()
    try edges.close()
    try writeNames()
    try writeSummary()
  }

  private mutating func writeDump(_ number: Int, _ capture: Corpus.Capture) throws {
    let bytes = dump.dump(capture.variation, of: capture.base, in: capture.arrangement)
    let entry = SpoolEntry(
      file: "\(1_000_000 + number).prof",
      start: capture.start,
      duration: capture.duration,
      labels: capture.labels
    )
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/dumps/\(entry.file)"))
    try index.write(contentsOf: Data(entry.line))
    dumpBytes += bytes.count
    captures += 1
  }

  private func writeColumns(_ capture: Corpus.Capture) throws {
    let (base, variation) = (capture.base, capture.variation)
    let start = capture.start.nanoseconds
    let service = UInt8(services.firstIndex(of: capture.labels["service"] ?? "") ?? 0)
    for (row, rowEdges) in zip(capture.arrangement.rows, capture.arrangement.edges)
    where variation.isKept[row] {
      let function = base.rows[row].function
      functions.append(start: start, service: service, key: function, variation.rows[row])
      for edge in rowEdges where variation.isKept[base.edges[edge].caller] {
        let number = base.edges[edge].number
        edges.append(start: start, service: service, key: number, variation.edges[edge])
      }
    }
    try functions.writeIfFull()
    try edges.writeIfFull()
  }

  private func writeNames() throws {
    let names = corpus.names
    let functions = names.functions.enumerated().map { "\($0)\t\($1.standardName)\n" }.joined()
    let edges = names.edges.enumerated().map { "\($0)\t\($1.caller)\t\($1.callee)\n" }.joined()
    for (name, text) in [
      ("functions.tsv", functions), ("edges.tsv", edges),
      ("services.tsv", services.enumerated().map { "\($0)\t\($1)\n" }.joined()),
    ] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/columns/\(name)"))
    }
  }

  private func writeSummary() throws {
    let text = """
      {"form": "\(corpus.form.rawValue)", "captures": \(captures), "dumpBytes": \(dumpBytes),
       "functionRows": \(functions.rows), "edgeRows": \(edges.rows),
       "functions": \(corpus.names.functions.count), "edges": \(corpus.names.edges.count)}

      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/corpus.json"))
  }
}
