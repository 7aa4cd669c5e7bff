// SPDX-License-Identifier: Apache-2.0

// FileHandle and FileManager: Swift's own library writes no files.
import Foundation
import StrataSpool

/// A corpus on the disk: dumps with their index for Strata, columns for the peers, and `corpus.json`.
struct CorpusFolder {
  private let corpus: Corpus
  private let folder: String
  private let index: FileHandle
  private let columns: CorpusColumns
  private var writer: CProfileDump
  private var summary: CorpusSummary

  init(_ corpus: Corpus, folder: String) throws {
    self.corpus = corpus
    self.folder = folder
    try FileManager.default.makeEmpty(folder + "/dumps")
    index = try FileHandle.creating(folder + "/dumps/index.jsonl")
    columns = try CorpusColumns(corpus, folder: folder, withEdges: true)
    writer = CProfileDump(functions: corpus.names.functions)
    summary = CorpusSummary(corpus)
  }

  mutating func write() async throws {
    try await corpus.forEachCapture { number, capture in
      let dump = writer.dump(capture.variation, of: capture.base, in: capture.arrangement)
      try write(dump, number, capture)
      try columns.append(capture)
      summary.count(capture, dump: dump)
    }
    try index.close()
    try columns.close()
    try summary.write(folder: folder)
  }

  private func write(_ dump: [UInt8], _ number: Int, _ capture: Corpus.Capture) throws {
    let entry = SpoolEntry(
      file: "\(1_000_000 + number).prof",
      start: capture.start,
      duration: capture.duration,
      labels: capture.labels
    )
    try Data(dump).write(to: URL(fileURLWithPath: "\(folder)/dumps/\(entry.file)"))
    try index.write(contentsOf: Data(entry.line))
  }
}
