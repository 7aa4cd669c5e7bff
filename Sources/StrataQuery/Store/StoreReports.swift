// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// How long a store keeps captures and their roll-ups, and how large it may become.
///
/// What goes is summed up first: captures in roll-ups of minutes and hours, hours in those of days.
/// Days stay for ever.
public struct RetentionPolicy: Hashable, Sendable {
  /// How long single captures are kept; nil: for ever.
  public var captures: Duration?
  /// How long roll-ups of minutes are kept; nil: for ever.
  public var minutes: Duration?
  /// How long roll-ups of hours are kept; nil: for ever.
  public var hours: Duration?
  /// How many bytes the store may use; nil: any number.
  ///
  /// The oldest captures go before their time, then the oldest minutes, then the oldest hours.
  /// Minutes go first where those of more captures would save no room.
  public var maximumBytes: Int?

  /// A week of captures, a month of minutes, a year of hours, 10 GB.
  public static let standard = RetentionPolicy(
    captures: .seconds(7 * 86_400),
    minutes: .seconds(30 * 86_400),
    hours: .seconds(400 * 86_400),
    maximumBytes: 10_000_000_000
  )

  /// Creates a policy; what is not given stays for ever.
  public init(
    captures: Duration? = nil,
    minutes: Duration? = nil,
    hours: Duration? = nil,
    maximumBytes: Int? = nil
  ) {
    self.captures = captures
    self.minutes = minutes
    self.hours = hours
    self.maximumBytes = maximumBytes
  }
}

/// What pruning did.
public struct PruneReport: Hashable, Sendable {
  /// How many captures went; their sums are kept.
  public var captures = 0
  /// How many captures were removed whose starts imports refuse: before 1700, or from 2200 on.
  public var impossibleCaptures = 0
  /// How many roll-ups of minutes went.
  public var minutes = 0
  /// How many roll-ups of hours went.
  public var hours = 0
  /// How many bytes the store used before, and uses now.
  public var bytesBefore = 0
  /// How many bytes the store uses now.
  public var bytesAfter = 0
  /// Whether the store is still larger than it may be: nothing is left that may go.
  public var isAboveMaximum = false

  /// Nothing was done yet.
  public init() {}
}

/// What was found when all of a store was read.
public struct VerificationReport: Sendable {
  /// What is not as it was written; nothing in a store that is whole.
  public package(set) var findings: [StoreError] = []
  /// How many captures were read.
  public package(set) var captures = 0
  /// How many roll-ups were compared with what they hold.
  public package(set) var rollups = 0
  /// How many of them hold captures that are gone, and were read alone.
  public package(set) var unprovenRollups = 0
  /// How many damaged captures were removed, on request.
  public package(set) var removedCaptures = 0
  /// The file that has them now.
  public package(set) var removedTo: String?
  /// Whether pages or names are damaged: then no capture is removed.
  public package(set) var isWiderDamage = false

  package init() {}

  /// Whether everything is as it was written.
  public var isWhole: Bool { findings.isEmpty }
}

/// What compacting did.
public struct CompactionReport: Hashable, Sendable {
  /// How many slices were rolled up.
  public package(set) var rolledUpSlices = 0
  /// How many lists of functions, which no capture has any more, were removed.
  public package(set) var removedShapes = 0
  /// How many bytes the file and its log took before.
  public package(set) var bytesBefore = 0
  /// How many bytes the file and its log take now.
  public package(set) var bytesAfter = 0

  package init() {}
}

/// How far compacting has come.
public struct CompactionProgress: Hashable, Sendable {
  /// The steps, in their order.
  public enum Step: Hashable, Sendable, CaseIterable {
    /// Slices that wait are rolled up.
    case rollingUp
    /// Lists of functions that no capture has are removed.
    case removingShapes
    /// Free pages go back to the file system.
    case releasingPages
  }

  /// What is being done.
  public let step: Step
  /// How much of the step is done: slices, shapes or pages.
  public let done: Int
  /// How much there is to do.
  public let total: Int

  package init(step: Step, done: Int, total: Int) {
    (self.step, self.done, self.total) = (step, done, total)
  }
}

/// How much a store holds, and where its bytes are.
public struct StoreStatistics: Hashable, Sendable {
  /// The number of single captures.
  public package(set) var profileCount = 0
  /// The number of functions in all captures together.
  public package(set) var functionRows = 0
  /// The number of callers of functions in all captures together.
  public package(set) var edgeRows = 0
  /// The number of lists of functions and edges that captures share.
  public package(set) var shapeCount = 0
  /// The start of the first capture; nil in a store without single captures.
  public package(set) var firstStart: Timestamp?
  /// The start of the last capture; nil in a store without single captures.
  public package(set) var lastStart: Timestamp?
  /// The time before which captures are kept as sums alone; nil where none were pruned.
  public package(set) var capturesPrunedBefore: Timestamp?
  /// What is kept as sums, the finest level first.
  public package(set) var rollups: [Level] = []

  /// The number of different file and function names.
  public package(set) var stringCount = 0
  /// The number of different functions, those of callers and canonical ones included.
  public package(set) var functionCount = 0
  /// The number of different pairs of caller and callee.
  public package(set) var edgeCount = 0
  /// The number of different labels.
  public package(set) var labelCount = 0
  /// The number of different sets of labels.
  public package(set) var labelSetCount = 0

  /// The size of the file, without what was written last (`-wal`).
  public package(set) var byteCount = 0
  /// How many of these bytes hold nothing; compacting and pruning give them back.
  public package(set) var freeByteCount = 0
  /// The size of the write-ahead log beside the file.
  public package(set) var logByteCount = 0
  /// What takes the room; nil unless it was asked for.
  public package(set) var content: Content?

  /// The roll-ups of one level.
  public struct Level: Hashable, Sendable {
    /// The level: minutes, hours or days.
    public package(set) var level: SumLevel
    /// The number of roll-ups: of all captures of a slice, and of those with each label.
    public package(set) var count = 0
    /// The number of slices that are not rolled up yet, or that late captures came for.
    public package(set) var waitingSlices = 0
    /// The time before which those of this level were pruned; nil where none were.
    public package(set) var prunedBefore: Timestamp?

    package init(level: SumLevel) { self.level = level }
  }

  /// The bytes of the figures, without what SQLite needs for rows, pages and indexes.
  public struct Content: Hashable, Sendable {
    /// The figures of the functions of captures.
    public package(set) var functions = 0
    /// The figures of the callers in captures.
    public package(set) var edges = 0
    /// The lists that captures share.
    public package(set) var shapes = 0
    /// The sums of all levels.
    public package(set) var rollups = 0
    /// File and function names.
    public package(set) var names = 0

    package init() {}
  }

  /// The number of functions and callers in all captures together.
  public var rowCount: Int { functionRows + edgeRows }

  /// The bytes in use, roll-ups and names included, by the rows of captures; nil without rows.
  public var bytesPerRow: Double? {
    rowCount == 0 ? nil : Double(byteCount - freeByteCount) / Double(rowCount)
  }

  package init() {}
}
