// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A place that keeps profiles, exactly, and gives them back for questions over time.
///
/// Strata asks its questions (``SliceQuery``, ``InputQuery``) through this protocol alone, so dumps
/// in memory, an embedded database and a server are asked the same way. ``MemoryStore`` is the
/// reference: the conformance suite in `StrataTestSupport` compares every other store with it.
///
/// ## Writing a store
///
/// Keep what ``insert(_:)`` was given bit for bit, keep a record whose id is known only once, and
/// let ``read(_:)`` see one state of the store from its beginning to its end. The questions
/// themselves need nothing more; a store that has rolled-up slices may answer them itself.
public protocol ProfileStore: Sendable {
  /// Stores records, all or none; when it returns, they are as durable as the store makes them.
  ///
  /// - Returns: For each record, whether it was new; one whose id is known changes nothing.
  /// - Throws: `RecordError` where a record cannot be kept exactly, or the store's own error.
  func insert(_ records: [ProfileRecord]) throws -> [Bool]

  /// Calls `body` with a state of the store that does not change meanwhile.
  func read<Result>(_ body: (any ProfileSnapshot) throws -> Result) throws -> Result
}

/// One state of a store, for the time of one ``ProfileStore/read(_:)``.
public protocol ProfileSnapshot {
  /// Calls `body` with each selected capture, in order of start (of equal starts: of insertion).
  ///
  /// - Parameters:
  ///   - selection: Which captures.
  ///   - columns: Which figures are needed; without any, the vectors are empty and cheap.
  ///   - body: Receives the capture's vectors, which are valid until it returns.
  /// - Throws: What `body` throws, or the store's own error.
  /// - Complexity: O(*n*) in the captures of the range and the size of their columns.
  func scan(
    _ selection: ProfileSelection,
    columns: ProfileColumns,
    body: (ProfileVectors) throws -> Void
  ) throws

  /// Calls `body` with each selected record whole, callers included, in the order of `scan`.
  func forEachRecord(
    _ selection: ProfileSelection,
    body: (ProfileRecord) throws -> Void
  ) throws

  /// The function that a number of the vectors stands for.
  func function(_ id: FunctionID) throws -> Function
}

/// The number of a function in one store.
public struct FunctionID: Hashable, Sendable {
  /// The number, from 0 upwards without large gaps.
  public var index: Int32

  /// Creates a number.
  public init(_ index: Int32) {
    self.index = index
  }
}

/// Figures that a scan can be asked for.
public struct ProfileColumns: OptionSet, Hashable, Sendable {
  /// One bit for each column.
  public let rawValue: UInt8

  /// Creates a set of columns from bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// All calls.
  public static let callCounts = ProfileColumns(rawValue: 1)
  /// Calls that were not made through recursion.
  public static let primitiveCallCounts = ProfileColumns(rawValue: 2)
  /// Nanoseconds in the function itself.
  public static let selfTimes = ProfileColumns(rawValue: 4)
  /// Nanoseconds in the function and all that it calls.
  public static let cumulativeTimes = ProfileColumns(rawValue: 8)
}

/// One capture as a scan shows it: what is known of it, and columns with a value per function.
public struct ProfileVectors: Sendable {
  /// When, how and of what the capture was taken.
  public var header: CaptureHeader
  /// The functions; empty if no column was asked for.
  public var functions: [FunctionID] = []
  /// All calls; empty unless asked for, like each column.
  public var callCounts: [Int64] = []
  /// Calls that were not made through recursion.
  public var primitiveCallCounts: [Int64] = []
  /// Nanoseconds in the function itself.
  public var selfTimes: [Int64] = []
  /// Nanoseconds in the function and all that it calls.
  public var cumulativeTimes: [Int64] = []

  /// Creates vectors without figures.
  public init(header: CaptureHeader) {
    self.header = header
  }
}

/// When, how and of what a capture was taken: a `ProfileRecord` without its figures.
public struct CaptureHeader: Hashable, Sendable {
  /// When the capture started.
  public var start: Timestamp
  /// How long it took, if that is known.
  public var duration: Duration?
  /// How the figures came about.
  public var kind: ProfileKind
  /// What the times measure.
  public var clock: ProfileClock
  /// How many captures this one stands for.
  public var weight: Weight
  /// What was profiled.
  public var labels: Labels

  /// Creates a header.
  public init(
    start: Timestamp,
    duration: Duration?,
    kind: ProfileKind,
    clock: ProfileClock,
    weight: Weight,
    labels: Labels
  ) {
    self.start = start
    self.duration = duration
    self.kind = kind
    self.clock = clock
    self.weight = weight
    self.labels = labels
  }

  /// The header of a record.
  public init(_ record: ProfileRecord) {
    self.init(
      start: record.start,
      duration: record.duration,
      kind: record.kind,
      clock: record.clock,
      weight: record.weight,
      labels: record.labels
    )
  }
}
