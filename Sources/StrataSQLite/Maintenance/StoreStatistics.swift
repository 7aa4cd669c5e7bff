// SPDX-License-Identifier: Apache-2.0

#if Tools

public import StrataCore
public import StrataQuery

/// How much a store holds, and where its bytes are.
public struct StoreStatistics: Hashable, Sendable {
  /// The number of single captures.
  public internal(set) var profileCount = 0
  /// The number of functions in all captures together.
  public internal(set) var functionRows = 0
  /// The number of callers of functions in all captures together.
  public internal(set) var edgeRows = 0
  /// The number of lists of functions and edges that captures share.
  public internal(set) var shapeCount = 0
  /// The start of the first capture; nil in a store without single captures.
  public internal(set) var firstStart: Timestamp?
  /// The start of the last capture; nil in a store without single captures.
  public internal(set) var lastStart: Timestamp?
  /// The time before which captures are kept as sums alone; nil where none were pruned.
  public internal(set) var capturesPrunedBefore: Timestamp?
  /// What is kept as sums, the finest level first.
  public internal(set) var rollups: [Level] = []

  /// The number of different file and function names.
  public internal(set) var stringCount = 0
  /// The number of different functions, those of callers and canonical ones included.
  public internal(set) var functionCount = 0
  /// The number of different pairs of caller and callee.
  public internal(set) var edgeCount = 0
  /// The number of different labels.
  public internal(set) var labelCount = 0
  /// The number of different sets of labels.
  public internal(set) var labelSetCount = 0

  /// The size of the file, without what was written last (`-wal`).
  public internal(set) var byteCount = 0
  /// How many of these bytes hold nothing; compacting and pruning give them back.
  public internal(set) var freeByteCount = 0
  /// The size of the write-ahead log beside the file.
  public internal(set) var logByteCount = 0
  /// What takes the room; nil unless it was asked for.
  public internal(set) var content: Content?

  /// The roll-ups of one level.
  public struct Level: Hashable, Sendable {
    /// The level: minutes, hours or days.
    public internal(set) var level: SumLevel
    /// The number of roll-ups: of all captures of a slice, and of those with each label.
    public internal(set) var count: Int
    /// The number of slices that are not rolled up yet, or that late captures came for.
    public internal(set) var waitingSlices: Int
    /// The time before which those of this level were pruned; nil where none were.
    public internal(set) var prunedBefore: Timestamp?
  }

  /// The bytes of the figures, without what SQLite needs for rows, pages and indexes.
  public struct Content: Hashable, Sendable {
    /// The figures of the functions of captures.
    public internal(set) var functions = 0
    /// The figures of the callers in captures.
    public internal(set) var edges = 0
    /// The lists that captures share.
    public internal(set) var shapes = 0
    /// The sums of all levels.
    public internal(set) var rollups = 0
    /// File and function names.
    public internal(set) var names = 0
  }

  /// The number of functions and callers in all captures together.
  public var rowCount: Int { functionRows + edgeRows }

  /// The bytes in use, roll-ups and names included, by the rows of captures; nil without rows.
  public var bytesPerRow: Double? {
    rowCount == 0 ? nil : Double(byteCount - freeByteCount) / Double(rowCount)
  }
}

#endif
