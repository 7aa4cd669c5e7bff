// SPDX-License-Identifier: Apache-2.0

import StrataSpool

/// Which dumps of an import are to be read next, and which are to be stored: in their order, and
/// with no more of them on the way than memory has room for.
struct ImportPlan<Reading: Sendable> {
  /// Dumps that are read by one task, and stored in one transaction.
  struct Batch: Sendable {
    var number: Int
    var dumps: [DumpWalk.Element]
    /// About how much memory the dumps take until they are stored.
    var memory: Int
  }

  /// The most dumps, and the most bytes of dumps, in a batch.
  private static var batchCount: Int { 64 }
  private static var batchBytes: Int { 8 << 20 }
  /// About how much memory the batches on the way may take; one alone may take more.
  private static var memoryLimit: Int { 32 << 20 }
  /// How many batches that were read may wait while others are stored.
  private static var waitingLimit: Int { 6 }

  private let jobs: Int
  private let dumps: AnyIterator<DumpWalk.Element>
  /// A dump that did not fit into the last batch, and its size.
  private var left: (dump: DumpWalk.Element, size: Int)?
  private var started = 0
  private var stored = 0
  private var reading = 0
  /// How many batches are being stored.
  private var storing = 0
  /// What the batches on the way take, by their number.
  private var memory: [Int: Int] = [:]
  private var waiting: [Int: Reading] = [:]
  private var next: Batch?

  /// Plans an import whose dumps are read by `jobs` tasks.
  init(_ dumps: some Sequence<DumpWalk.Element>, jobs: Int) {
    self.jobs = jobs
    self.dumps = AnyIterator(dumps.makeIterator())
    next = nextBatch()
  }

  /// The batch that a task should read now; nil where there is none, or no room for it.
  mutating func nextToRead() -> Batch? {
    guard let batch = next, reading < jobs, started - stored < jobs + Self.waitingLimit else {
      return nil
    }
    let taken = memory.values.reduce(0, +)
    guard memory.isEmpty || taken + batch.memory <= Self.memoryLimit else { return nil }
    memory[batch.number] = batch.memory
    started += 1
    reading += 1
    next = nextBatch()
    return batch
  }

  /// Notes that a batch was read.
  mutating func finishReading(_ number: Int, _ result: Reading) {
    reading -= 1
    waiting[number] = result
  }

  /// What should be stored now, in one transaction; nothing while something else is being stored.
  ///
  /// All that wait are taken: so a slow disk makes larger transactions, and not a longer import.
  mutating func nextToStore() -> [Reading] {
    guard storing == 0 else { return [] }
    var results: [Reading] = []
    while let result = waiting.removeValue(forKey: stored + results.count) {
      results.append(result)
    }
    storing = results.count
    return results
  }

  /// Notes that what was to be stored is.
  mutating func finishStoring() {
    for batch in stored..<stored + storing { memory[batch] = nil }
    stored += storing
    storing = 0
  }

  private mutating func nextBatch() -> Batch? {
    var dumps: [DumpWalk.Element] = []
    var (bytes, largest) = (0, 0)
    while dumps.count < Self.batchCount, let (dump, size) = nextDump() {
      guard dumps.isEmpty || bytes + size <= Self.batchBytes else {
        left = (dump, size)
        break
      }
      dumps.append(dump)
      bytes += size
      largest = max(largest, size)
    }
    guard !dumps.isEmpty else { return nil }
    // A dump that is read takes thrice its size, one that waits to be stored a quarter.
    return Batch(
      number: next.map { $0.number + 1 } ?? 0,
      dumps: dumps,
      memory: bytes / 4 + 3 * largest
    )
  }

  private mutating func nextDump() -> (DumpWalk.Element, size: Int)? {
    defer { left = nil }
    if let left { return left }
    guard let dump = dumps.next() else { return nil }
    return (dump, (try? RegularFile.size(of: dump.get().path)) ?? 0)
  }
}
