// SPDX-License-Identifier: Apache-2.0

public import StrataCore
import Synchronization

/// A store in memory: for dumps that are looked at once, and the reference for every other store.
///
/// It keeps each record as it was given, and beside it the columns of whole nanoseconds that
/// questions are answered from.
///
/// - Complexity: Memory is O(*n*) in the functions and callers of all records.
public final class MemoryStore: ProfileStore {
  private let state = Mutex(State())

  /// Creates an empty store.
  public init() {}

  /// Creates a store that holds records; of equal ids the first is kept.
  ///
  /// - Throws: ``RecordError`` where a record cannot be summed exactly.
  public convenience init(_ records: some Sequence<ProfileRecord>) throws(RecordError) {
    self.init()
    try insert(Array(records))
  }

  /// Keeps records, all or none.
  ///
  /// - Throws: ``RecordError`` where a record cannot be summed exactly.
  @discardableResult
  public func insert(_ records: [ProfileRecord]) throws(RecordError) -> [Bool] {
    // Values are copied on write: another reader keeps the state that it began with.
    try state.withLock { (state) throws(RecordError) in
      var next = state
      let areNew = try next.insert(records)
      state = next
      return areNew
    }
  }

  /// Calls `body` with the records of this moment.
  public func read<Result>(_ body: (any ProfileSnapshot) throws -> Result) throws -> Result {
    try body(state.withLock { $0 })
  }
}

extension MemoryStore {
  /// All that the store holds; a value, so a copy is a snapshot.
  private struct State: ProfileSnapshot, Sendable {
    private struct Item: Sendable {
      var record: ProfileRecord
      var vectors: ProfileVectors
    }

    /// In order of start; of equal starts in order of insertion.
    private var items: [Item] = []
    private var ids: Set<ProfileID> = []
    private var functions: [Function] = []
    private var numbers: [Function: FunctionID] = [:]

    mutating func insert(_ records: [ProfileRecord]) throws(RecordError) -> [Bool] {
      var areNew: [Bool] = []
      for record in records {
        let isNew = !ids.contains(record.id)
        areNew.append(isNew)
        guard isNew else { continue }
        let columns = try IntegerColumns(record.profile)
        ids.insert(record.id)
        items.append(Item(record: record, vectors: vectors(of: record, columns)))
      }
      sort()
      return areNew
    }

    /// Sorts by start; Swift's sort is stable.
    private mutating func sort() {
      let isSorted = zip(items, items.dropFirst()).allSatisfy { $0.record.start <= $1.record.start }
      if !isSorted { items.sort { $0.record.start < $1.record.start } }
    }

    private mutating func vectors(
      of record: ProfileRecord,
      _ columns: IntegerColumns
    ) -> ProfileVectors {
      let numbers = record.profile.functionTable.map { number(of: $0) }
      var vectors = ProfileVectors(header: CaptureHeader(record))
      vectors.functions = record.profile.rows.map { numbers[Int($0.function)] }
      vectors.callCounts = columns.callCounts
      vectors.primitiveCallCounts = columns.primitiveCallCounts
      vectors.selfTimes = columns.selfTimes
      vectors.cumulativeTimes = columns.cumulativeTimes
      return vectors
    }

    private mutating func number(of function: Function) -> FunctionID {
      if let known = numbers[function] { return known }
      let new = FunctionID(Int32(functions.count))
      functions.append(function)
      numbers[function] = new
      return new
    }

    func scan(
      _ selection: ProfileSelection,
      columns: ProfileColumns,
      body: (ProfileVectors) throws -> Void
    ) throws {
      for item in items where selection.contains(item.vectors.header) {
        try body(columns.isEmpty ? ProfileVectors(header: item.vectors.header) : item.vectors)
      }
    }

    func forEachRecord(
      _ selection: ProfileSelection,
      body: (ProfileRecord) throws -> Void
    ) throws {
      for item in items where selection.contains(item.vectors.header) { try body(item.record) }
    }

    func function(_ id: FunctionID) -> Function {
      functions[Int(id.index)]
    }
  }
}
