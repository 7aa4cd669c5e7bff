// SPDX-License-Identifier: Apache-2.0

public import StrataCore
import Synchronization

/// Where a recorder puts what it recorded.
public protocol ProfileDestination: Sendable {
  /// Takes a record over; when this returns, the record is the destination's.
  ///
  /// Called one record after the other. It may ask the recorder how it is, but not to take a slice.
  ///
  /// - Throws: Any error where it could not; the recorder keeps the record and tries again later.
  func take(_ record: Capture) throws
}

/// The latest records in memory, for programs that look at their own profiles.
public final class RecordBuffer: ProfileDestination {
  private struct State {
    var records: [Capture] = []
    var droppedCount = 0
  }

  private let limit: Int
  private let state = Mutex(State())

  /// Creates a buffer that keeps the latest `limit` records: an hour of slices of 10 s unless set
  /// otherwise.
  public init(limit: Int = 360) {
    self.limit = max(1, limit)
  }

  /// The records in the order in which they came.
  public var records: [Capture] { state.withLock { $0.records } }

  /// How many records were dropped for newer ones.
  public var droppedCount: Int { state.withLock { $0.droppedCount } }

  /// Keeps a record; the oldest goes where there are too many.
  public func take(_ record: Capture) {
    state.withLock { state in
      state.records.append(record)
      guard state.records.count > limit else { return }
      state.records.removeFirst()
      state.droppedCount += 1
    }
  }
}
