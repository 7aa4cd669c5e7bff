// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataSQLite

/// Reads dumps on several threads and stores them batch by batch, in their order.
///
/// Batches are stored in one transaction while the next ones are read and encoded. What waits is
/// small, since nothing of a dump but its encoded record is kept, and bounded (``ImportPlan``).
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
      /// It was taken away before it was read.
      case gone
      /// It cannot be stored.
      case failed(CommandError)

      /// Whether the store has it, and keeps it whatever happens.
      var isDurable: Bool {
        switch self {
        case .stored, .known: true
        case .gone, .failed: false
        }
      }
    }
  }

  /// What is known of a dump before its batch is stored.
  private enum Reading: Sendable {
    case record(PreparedRecord)
    case known(ProfileID)
    case gone
    case failed(CommandError)
  }

  /// The readings of a batch, beside their dumps.
  private typealias Readings = [(source: DumpSource, reading: Reading)]

  private enum Event: Sendable {
    case read(_ batch: Int, Readings)
    case stored([Outcome])
  }

  let store: SQLiteStore
  let defaults: DumpDefaults
  let jobs: Int
  /// Whether others may take dumps away, so that a missing one is no failure.
  var allowsGone = false

  /// Imports dumps; `report` hears of each batch when it is durable.
  ///
  /// - Throws: The store's error, if it cannot store at all; single dumps fail in their outcome.
  func run(
    _ dumps: some Sequence<DumpWalk.Element>,
    report: ([Outcome]) -> Void
  ) async throws {
    var plan = ImportPlan<Readings>(dumps, jobs: jobs)
    try await withThrowingTaskGroup(of: Event.self) { group in
      repeat {
        while let batch = plan.nextToRead() {
          group.addTask { .read(batch.number, try read(batch.dumps)) }
        }
        let readings = plan.nextToStore().flatMap(\.self)
        if !readings.isEmpty { group.addTask { .stored(try await commit(readings)) } }
        switch try await group.next() {
        case .read(let batch, let readings): plan.finishReading(batch, readings)
        case .stored(let outcomes):
          plan.finishStoring()
          report(outcomes)
        case nil: return
        }
      } while true
    }
  }

  private func read(_ dumps: [DumpWalk.Element]) throws -> Readings {
    var reader = DumpReader(defaults: defaults)
    return try dumps.map { dump in
      switch dump {
      case .success(let source): (source, try read(source, &reader))
      case .failure(let error): (DumpSource(path: error.path), .failed(CommandError(error)))
      }
    }
  }

  /// Reads a dump, and encodes it unless the store has it.
  ///
  /// - Throws: The store's error; the dump's own ones are its reading.
  private func read(_ source: DumpSource, _ reader: inout DumpReader) throws -> Reading {
    do {
      let dump = try reader.load(source)
      guard try store.storedIDs(among: [dump.id]).isEmpty else { return .known(dump.id) }
      let captures = try reader.readings(of: dump).map(\.capture)
      return .record(try store.prepare(captures[0]))
    } catch let error as FileError where allowsGone && error.code == .notFound {
      return .gone
    } catch let error as FileError {
      return .failed(CommandError(error))
    } catch let error as RecordError {
      return .failed(CommandError(.badData, "\(source.path): \(error)"))
    }
  }

  private func commit(_ readings: Readings) async throws -> [Outcome] {
    let records = readings.compactMap { source, reading in
      if case .record(let record) = reading { record } else { nil as PreparedRecord? }
    }
    var areNew = records.isEmpty ? [] : try await store.commit(records)[...]
    return readings.map { source, reading in
      switch reading {
      case .failed(let error): Outcome(source: source, result: .failed(error))
      case .gone: Outcome(source: source, result: .gone)
      case .known(let id): Outcome(source: source, result: .known(id))
      case .record(let record):
        Outcome(
          source: source,
          result: areNew.popFirst() == true ? .stored(record.id) : .known(record.id)
        )
      }
    }
  }
}
#endif
