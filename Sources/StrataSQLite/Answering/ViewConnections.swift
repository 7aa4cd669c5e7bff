// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import Synchronization

/// The connections of views, which are kept for the views that follow.
///
/// A new connection opens the file, parses the schema and finds its cache empty: that took 2 ms, more
/// than most questions that roll-ups answer. A pool of GRDB cannot lend one of its readers instead: it
/// takes them back at the end of a closure that must not wait, and a view lasts while its caller awaits.
final class ViewConnections: Sendable {
  /// How many are kept; each has a cache of up to 1 MB.
  private static let mostIdle = 4

  private let path: String
  private let configuration: Configuration
  private let idle = Mutex<[DatabaseQueue]>([])

  init(of pool: DatabasePool) {
    path = pool.path
    var configuration = pool.configuration
    configuration.readonly = true
    // A reader waits as well, while another process recovers the log or removes it: as long as those
    // of GRDB's pools.
    configuration.busyMode = .timeout(10)
    // The transaction of a view stays open from one access to the next.
    configuration.allowsUnsafeTransactions = true
    self.configuration = configuration
  }

  /// Begins a transaction; what it sees is decided by its first access.
  func begin() throws -> ViewConnection {
    let known = idle.withLock { $0.popLast() }
    let queue = try known ?? DatabaseQueue(path: path, configuration: configuration)
    try queue.unsafeReentrantRead { try $0.beginTransaction(.deferred) }
    return ViewConnection(queue)
  }

  /// Ends the transaction, and keeps the connection unless that fails or enough are kept.
  func end(_ connection: ViewConnection) {
    guard let queue = connection.end() else { return }
    idle.withLock { if $0.count < Self.mostIdle { $0.append(queue) } }
  }
}

/// A connection for as long as one view has it.
final class ViewConnection: Sendable {
  private let queue: DatabaseQueue
  /// Never set back: the next view that the connection serves has an object of its own.
  private let isEnded = Atomic<Bool>(false)

  fileprivate init(_ queue: DatabaseQueue) {
    self.queue = queue
  }

  /// Runs `body` on the queue of the connection, at once where it is on it already.
  ///
  /// - Precondition: The view has not ended. Another view may have its connection by now, whose
  ///   captures would be taken for those of the first.
  func read<Result>(_ body: (Database) throws -> Result) rethrows -> Result {
    precondition(!isEnded.load(ordering: .relaxed), "a view of a store was used after it ended")
    return try queue.unsafeReentrantRead(body)
  }

  /// Ends the transaction; returns the connection, or nil where that failed.
  fileprivate func end() -> DatabaseQueue? {
    isEnded.store(true, ordering: .relaxed)
    do {
      try queue.unsafeReentrantRead { if $0.isInsideTransaction { try $0.commit() } }
      return queue
    } catch {
      return nil
    }
  }
}

#endif
