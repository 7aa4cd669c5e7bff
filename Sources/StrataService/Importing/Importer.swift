// SPDX-License-Identifier: Apache-2.0

public import StrataCore
public import StrataQuery
public import StrataSpool

/// Reads dumps on several threads and stores them batch by batch, in their order.
///
/// A batch is stored in one transaction while the next ones are read and prepared. What waits is small,
/// since nothing of a dump but its prepared captures is kept, and bounded (`ImportPlan`).
public struct Importer<Store: ProfileStore>: Sendable {
  private typealias Readings = [(source: DumpSource, reading: Reading)]

  /// What is known of a dump before its batch is stored.
  private enum Reading: Sendable {
    case captures([(id: ProfileID, prepared: Store.Prepared)])
    case known(ProfileID)
    case missing
    case failed(ImportFailure)
  }

  private enum Event: Sendable {
    case read(_ batch: Int, Readings)
    case stored([ImportOutcome])
  }

  /// Where captures go.
  public let store: Store
  /// What holds where neither an index nor a dump says otherwise.
  public let defaults: DumpDefaults
  /// How many batches are read at a time.
  public let jobs: Int
  /// Whether others may take dumps away, so that a missing one is no failure.
  public var allowsMissing = false

  /// Creates an importer.
  public init(store: Store, defaults: DumpDefaults = DumpDefaults(), jobs: Int) {
    (self.store, self.defaults, self.jobs) = (store, defaults, jobs)
  }

  /// Imports dumps.
  ///
  /// - Parameters:
  ///   - dumps: What was found; each element is asked for once, when there is room for it.
  ///   - report: Receives the outcome of each batch, in the order of the dumps, as soon as it is
  ///     durable.
  /// - Throws: The store's error, if it cannot store at all; single dumps fail in their outcome.
  public func run(
    _ dumps: some Sequence<DumpWalk.Element>,
    report: ([ImportOutcome]) -> Void
  ) async throws {
    var plan = ImportPlan<Readings>(dumps, jobs: jobs)
    try await withThrowingTaskGroup(of: Event.self) { group in
      repeat {
        while let batch = plan.nextToRead() {
          group.addTask { .read(batch.number, try await read(batch.dumps)) }
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

  private func read(_ dumps: [DumpWalk.Element]) async throws -> Readings {
    var reader = DumpReader(defaults: defaults)
    var readings: Readings = []
    for dump in dumps {
      switch dump {
      case .success(let source): readings.append((source, try await read(source, &reader)))
      case .failure(let error):
        readings.append((DumpSource(path: error.path), .failed(.file(error))))
      }
    }
    return readings
  }

  /// Reads a dump, and prepares its captures unless the store has them.
  ///
  /// - Throws: The store's error; the dump's own ones are its reading.
  private func read(_ source: DumpSource, _ reader: inout DumpReader) async throws -> Reading {
    let dump: LoadedDump
    do { dump = try reader.load(source) } catch { return failure(error) }
    // The identity needs no decoding, which is most of the work.
    guard try await store.knownIDs(among: [dump.id]).isEmpty else { return .known(dump.id) }
    let captures: [Capture]
    do { captures = try reader.readings(of: dump).map(\.capture) } catch { return failure(error) }
    do {
      return .captures(try captures.map { ($0.id, try store.prepare($0)) })
    } catch let error as CaptureError {
      return .failed(.capture(path: source.path, error))
    }
  }

  private func failure(_ error: FileError) -> Reading {
    allowsMissing && error.code == .notFound ? .missing : .failed(.file(error))
  }

  private func commit(_ readings: Readings) async throws -> [ImportOutcome] {
    var prepared: [Store.Prepared] = []
    for case (_, .captures(let captures)) in readings { prepared += captures.map(\.prepared) }
    var areNew = prepared.isEmpty ? [] : try await store.commit(prepared)[...]
    return readings.map { source, reading in
      switch reading {
      case .failed(let error): ImportOutcome(source: source, result: .failed(error))
      case .missing: ImportOutcome(source: source, result: .missing)
      case .known(let id):
        ImportOutcome(source: source, result: .durable([.init(id: id, isNew: false)]))
      case .captures(let captures):
        ImportOutcome(
          source: source,
          result: .durable(captures.map { .init(id: $0.id, isNew: areNew.popFirst() == true) })
        )
      }
    }
  }
}

/// What became of one dump.
public struct ImportOutcome: Sendable {
  /// The dump.
  public var source: DumpSource
  /// What is known of it now.
  public var result: Result

  /// The ends that a dump can come to.
  public enum Result: Sendable {
    /// Its captures are stored, and durable.
    case durable([StoredCapture])
    /// It was removed before it could be read.
    case missing
    /// It cannot be stored.
    case failed(ImportFailure)
  }

  /// A capture that the store has.
  public struct StoredCapture: Hashable, Sendable {
    /// Its identity.
    public var id: ProfileID
    /// Whether this import stored it; else it was there before.
    public var isNew: Bool
  }

  /// Whether the store has all of the dump, and keeps it whatever happens.
  public var isDurable: Bool { if case .durable = result { true } else { false } }
}

/// Why a dump cannot be stored.
public enum ImportFailure: Error, Sendable, CustomStringConvertible {
  /// It cannot be read, or what is said of it is out of bounds.
  case file(FileError)
  /// One of its captures cannot be kept exactly.
  case capture(path: String, CaptureError)

  /// The failure as one line that begins with the path of the dump.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .capture(let path, let error): "\(path): \(error)"
    }
  }
}
