// SPDX-License-Identifier: Apache-2.0

/// The graceful shutdown of swift-service-lifecycle, noticed without a dependency on it.
///
/// A service group that shuts down gracefully does not cancel its services: it asks them through a
/// value of their tasks, which only functions of its library read. A recorder that is made a
/// `Service` by an extension would not hear of it and never end. So the sequence that ends with a
/// graceful shutdown is looked up, which is what the library's own functions wait for. It has no
/// stored properties, so a value of it is made from nothing; where the program has no such type, or
/// one that differs, only cancellation ends a recorder, as without the library.
/// `Tests/LifecyclePackage` tests it with the real one.
enum GracefulShutdown {
  /// `ServiceLifecycle.AsyncGracefulShutdownSequence`, if the program has it.
  private static var sequence: (any AsyncSequence.Type)? {
    _typeByName("16ServiceLifecycle29AsyncGracefulShutdownSequenceV") as? any AsyncSequence.Type
  }

  /// Runs an operation, and calls a closure if the surrounding service group shuts down gracefully.
  static func withHandler(
    _ operation: () async throws -> Void,
    onShutdown handler: @escaping @Sendable () -> Void
  ) async throws {
    guard sequence != nil else { return try await operation() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { if let sequence { await wait(for: sequence, then: handler) } }
      defer { group.cancelAll() }
      try await operation()
    }
  }

  private static func wait<Events: AsyncSequence>(
    for events: Events.Type,
    then handler: @Sendable () -> Void
  ) async {
    guard MemoryLayout<Events>.size == 0, _isPOD(Events.self) else { return }
    // SAFETY: a value without bits, of a type for which no code runs when it is copied or goes.
    var iterator = unsafe unsafeBitCast((), to: Events.self).makeAsyncIterator()
    // The sequence ends with cancellation as well, which the recorder hears of itself.
    guard (try? await iterator.next(isolation: #isolation)) != nil, !Task.isCancelled else {
      return
    }
    handler()
  }
}
