// SPDX-License-Identifier: Apache-2.0

public import StrataCore
import Synchronization

/// A store in memory: for dumps that are looked at once, and the reference for every other store.
///
/// It keeps each record as it was given, without the bytes of its dump, and beside it the columns of
/// whole nanoseconds that questions are answered from.
///
/// - Complexity: Memory is O(*n*) in the functions and callers of all records.
public final class MemoryStore: ProfileStore {
  private let state: Mutex<State>

  /// Creates an empty store.
  ///
  /// - Parameter keepingProfiles: Whether records are kept whole. Without, the store answers
  ///   questions in a fraction of the memory, and has no records to give back.
  public init(keepingProfiles: Bool = true) {
    state = Mutex(State(keepsProfiles: keepingProfiles))
  }

  /// Creates a store that holds records; of equal ids the first is kept.
  ///
  /// - Throws: `CaptureError` as ``insert(_:)`` does.
  public convenience init(_ records: some Sequence<Capture>) throws(CaptureError) {
    self.init()
    try insert(Array(records))
  }

  /// Keeps records, all or none.
  ///
  /// - Throws: `CaptureError` where a record cannot be summed exactly, or its start, duration or
  ///   labels are out of bounds.
  @discardableResult
  public func insert(_ captures: [Capture]) throws(CaptureError) -> [Bool] {
    // All captures are checked before the first is kept.
    let prepared = try captures.map { (capture) throws(CaptureError) in try prepare(capture) }
    return commit(prepared)
  }

  /// A capture whose figures were found to be summable.
  public struct Prepared: Sendable {
    fileprivate let capture: Capture
    fileprivate let columns: IntegerColumns
  }

  /// Checks a capture, and makes the columns that questions are answered from.
  public func prepare(_ capture: Capture) throws(CaptureError) -> Prepared {
    try capture.checkDescription()
    return Prepared(capture: capture, columns: try IntegerColumns(capture.profile))
  }

  /// Keeps captures; a reader holds a copy of the state, which does not change when this one does.
  @discardableResult
  public func commit(_ prepared: [Prepared]) -> [Bool] {
    state.withLock { state in
      state.insert(prepared.lazy.map { ($0.capture, $0.columns) })
    }
  }

  /// Which of some identities are those of captures that the store keeps.
  public func knownIDs(among ids: [ProfileID]) -> Set<ProfileID> {
    state.withLock { $0.known(ids) }
  }

  /// Calls `body` with the captures of this moment.
  public func read<Result>(
    _ body: (any StoreView) async throws -> Result
  ) async throws -> Result {
    try await body(state.withLock { $0 })
  }
}

extension MemoryStore {
  /// All that the store holds; a value, so a copy is a snapshot.
  private struct State: StoreView, FunctionNames, Sendable {
    let isSnapshot = true
    var functionLimit: Int? { functions.count }

    private let keepsProfiles: Bool
    /// The captures in order of start; of equal starts in order of insertion.
    private var headers: [CaptureHeader] = []
    /// The figures in the same order.
    private var figures: [Figures] = []
    /// The records in the same order; none unless they are kept.
    private var records: [Capture] = []
    private var ids: Set<ProfileID> = []
    private var functions = FunctionInterner()

    init(keepsProfiles: Bool) {
      self.keepsProfiles = keepsProfiles
    }

    mutating func insert(
      _ records: some Sequence<(Capture, IntegerColumns)>
    ) -> [Bool] {
      records.map { record, columns in
        guard ids.insert(record.id).inserted else { return false }
        let position = position(after: record.start)
        headers.insert(CaptureHeader(record), at: position)
        figures.insert(figures(of: record.profile, columns), at: position)
        if keepsProfiles { self.records.insert(record.compact, at: position) }
        return true
      }
    }

    /// Where a record of a start belongs: behind those of the same start.
    private func position(after start: Timestamp) -> Int {
      var range = 0..<headers.count
      // Records mostly come in order.
      if let last = headers.last, last.start <= start { return headers.count }
      while !range.isEmpty {
        let middle = range.lowerBound + range.count / 2
        range =
          headers[middle].start <= start
          ? middle + 1..<range.upperBound : range.lowerBound..<middle
      }
      return range.lowerBound
    }

    private mutating func figures(of profile: StatsProfile, _ columns: IntegerColumns) -> Figures {
      let numbers = functions.numbers(of: profile.functionTable)
      return Figures(
        functions: profile.rows.map { FunctionID(numbers[Int($0.function)]) },
        columns: columns
      )
    }

    func scan(
      _ selection: ProfileSelection,
      columns: ProfileColumns,
      body: (ProfileVectors) throws -> Void
    ) throws {
      // In order of start, as each view has to: records are kept so.
      for index in headers.indices where try selection.contains(headers[index]) {
        let vectors = FigureVectors(figures[index], columns)
        try body(ProfileVectors(header: headers[index], figures: vectors))
      }
    }

    func known(_ ids: [ProfileID]) -> Set<ProfileID> { self.ids.intersection(ids) }

    func names(of selection: ProfileSelection) -> any FunctionNames { self }

    func forEachCapture(
      _ selection: ProfileSelection,
      body: (Capture) throws -> Void
    ) throws {
      guard keepsProfiles else {
        throw QueryError.noWholeProfiles
      }
      for (record, header) in zip(records, headers) where try selection.contains(header) {
        try body(record)
      }
    }

    func function(_ id: FunctionID) -> Function {
      functions.functions[id.index]
    }
  }
}

/// The figures of a capture: a function in each row, and all columns.
private struct Figures: Sendable {
  let functions: [FunctionID]
  let columns: IntegerColumns
}

extension FigureVectors {
  /// Takes the columns that were asked for, and no others.
  fileprivate init(_ figures: Figures, _ columns: ProfileColumns) {
    self.init()
    guard !columns.isEmpty else { return }
    functions = figures.functions
    if columns.contains(.callCounts) { callCounts = figures.columns.callCounts }
    if columns.contains(.primitiveCallCounts) {
      primitiveCallCounts = figures.columns.primitiveCallCounts
    }
    if columns.contains(.selfTimes) { selfNanoseconds = figures.columns.selfNanoseconds }
    if columns.contains(.cumulativeTimes) {
      cumulativeNanoseconds = figures.columns.cumulativeNanoseconds
    }
  }
}

extension Capture {
  fileprivate var compact: Capture {
    var copy = self
    copy.profile = profile.compact
    return copy
  }
}
