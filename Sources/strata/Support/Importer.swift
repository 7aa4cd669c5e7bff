// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore
import StrataFormats
import StrataSQLite

/// Reads dumps on several threads and stores them batch by batch, in their order.
///
/// A batch is stored in one transaction while the next ones are read. Memory is bounded by the
/// number of batches that are read ahead, whatever the number of dumps.
struct Importer {
  /// What became of one dump.
  struct Outcome: Sendable {
    /// The dump.
    var source: DumpSource
    /// What is known of it now.
    var result: Result

    /// The three ends that a dump can come to.
    enum Result: Sendable {
      /// It is stored, and durable.
      case stored(ProfileID)
      /// It had been stored before.
      case known(ProfileID)
      /// It cannot be stored.
      case failed(CommandError)
    }
  }

  /// The most dumps, and the most bytes of dumps, in a batch.
  private static let batchCount = 64
  private static let batchBytes = 8 << 20

  private typealias Reading = (source: DumpSource, record: Result<PreparedRecord, CommandError>)

  let store: SQLiteStore
  let defaults: DumpDefaults
  let jobs: Int

  /// Imports dumps; `report` hears of each batch when it is durable.
  ///
  /// - Throws: The store's error, if it cannot store at all; single dumps fail in their outcome.
  func run(_ sources: [DumpSource], report: ([Outcome]) -> Void) async throws {
    var batches = Self.batches(of: sources)[...]
    try await withThrowingTaskGroup(of: (Int, [Reading]).self) { group in
      var started = 0
      var stored = 0
      var waiting: [Int: [Reading]] = [:]
      func startNext() {
        guard let batch = batches.popFirst() else { return }
        let number = started
        started += 1
        group.addTask { [defaults] in (number, Self.read(batch, defaults)) }
      }
      for _ in 0..<jobs { startNext() }
      while let (number, readings) = try await group.next() {
        waiting[number] = readings
        while let next = waiting.removeValue(forKey: stored) {
          stored += 1
          startNext()
          report(try store(next))
        }
      }
    }
  }

  private static func read(_ batch: [DumpSource], _ defaults: DumpDefaults) -> [Reading] {
    var reader = PstatsReader()
    return batch.map { source in
      let record = Result { () throws(CommandError) in
        try source.preparedRecord(defaults: defaults, reader: &reader)
      }
      return (source, record)
    }
  }

  private func store(_ readings: [Reading]) throws -> [Outcome] {
    var areNew = try store.insert(prepared: readings.compactMap { try? $0.record.get() })[...]
    return readings.map { source, record in
      switch record {
      case .failure(let error):
        Outcome(source: source, result: .failed(error))
      case .success(let record):
        Outcome(
          source: source,
          result: areNew.popFirst() == true ? .stored(record.record.id) : .known(record.record.id)
        )
      }
    }
  }

  /// Parts dumps into batches, in their order.
  private static func batches(of sources: [DumpSource]) -> [[DumpSource]] {
    var batches: [[DumpSource]] = []
    var bytes = 0
    for source in sources {
      let size = (try? InputFile.size(of: source.path)) ?? 0
      if let last = batches.last, last.count < batchCount, bytes + size <= batchBytes {
        batches[batches.count - 1].append(source)
      } else {
        batches.append([source])
        bytes = 0
      }
      bytes += size
    }
    return batches
  }
}

extension DumpSource {
  /// The record of a dump, found to be one that a store can keep, and ready for it.
  fileprivate func preparedRecord(
    defaults: DumpDefaults,
    reader: inout PstatsReader
  ) throws(CommandError) -> PreparedRecord {
    do {
      return try PreparedRecord(try record(defaults: defaults, reader: &reader))
    } catch let error as InputError {
      throw CommandError(error)
    } catch {
      throw CommandError(.badData, "\(path): \(error)")
    }
  }
}
#endif
