// SPDX-License-Identifier: Apache-2.0

// FileManager: Swift's own library makes no folders.
import Foundation
import StrataCore
import StrataFormats
import StrataQuery
import StrataSQLite

/// A corpus that goes into a store as it is made: there are no dumps on the disk, which would take
/// more of it than there is.
struct SimulatedStore {
  /// As many as `strata import` stores at a time.
  private static let batchCount = 64

  private let corpus: Corpus
  private let folder: String
  private let store: SQLiteStore
  private let columns: CorpusColumns
  private var writer: CProfileDump
  private var reader = PstatsReader()
  private var batch: [Capture] = []
  private var summary: CorpusSummary
  private var seconds = 0.0

  /// Makes `FOLDER/store.db`, empty.
  init(_ corpus: Corpus, folder: String) throws {
    self.corpus = corpus
    self.folder = folder
    try FileManager.default.makeEmpty(folder)
    store = try SQLiteStore.open(path: folder + "/store.db")
    columns = try CorpusColumns(corpus, folder: folder, withEdges: false)
    writer = CProfileDump(functions: corpus.names.functions)
    summary = CorpusSummary(corpus)
  }

  mutating func write() async throws {
    try await corpus.forEachCapture { _, capture in
      let dump = writer.dump(capture.variation, of: capture.base, in: capture.arrangement)
      batch.append(try record(dump, capture))
      if batch.count == Self.batchCount { try await insertBatch() }
      try columns.append(capture)
      summary.count(capture, dump: dump)
    }
    try await insertBatch()
    try columns.close()
    summary.insertSeconds = seconds
    summary.rollUpSeconds = try await Stopwatch.measure { try rollUp() }.1.wall
    try summary.write(folder: folder)
  }

  private mutating func record(_ dump: [UInt8], _ capture: Corpus.Capture) throws -> Capture {
    Capture(
      id: ProfileID(dump: dump, start: capture.start, labels: capture.labels),
      start: capture.start,
      duration: capture.duration,
      timeSource: .index,
      labels: capture.labels,
      profile: try reader.read(dump).profile
    )
  }

  private mutating func insertBatch() async throws {
    seconds += try await Stopwatch.measure { _ = try await store.insert(batch) }.1.wall
    batch.removeAll(keepingCapacity: true)
  }

  private func rollUp() throws {
    try store.rollUp(endingBefore: Timestamp(nanoseconds: .max))
  }
}
