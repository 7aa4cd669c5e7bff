// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Why a recorder cannot run: the system has no thread for it.
public struct RecorderThreadError: Error, Hashable, CustomStringConvertible {
  /// The reason, and what to do.
  public var description: String {
    "cannot create a thread for the recorder: raise the process's limit of threads or memory"
  }
}

/// A caller that waits for a recorder to have ended.
final class RecorderRun: Sendable {
  private enum State {
    case running
    case awaited(CheckedContinuation<Void, any Error>)
    case ended(Result<Void, any Error>)
  }

  private let state = Mutex(State.running)

  /// Waits until the recorder has ended.
  ///
  /// - Throws: What it ended with.
  func end() async throws {
    try await withCheckedThrowingContinuation { continuation in
      let result: Result<Void, any Error>? = state.withLock { state in
        if case .ended(let result) = state { return result }
        state = .awaited(continuation)
        return nil
      }
      if let result { continuation.resume(with: result) }
    }
  }

  /// Reports that the recorder has ended.
  func end(_ failure: (any Error)?) {
    let result: Result<Void, any Error> = failure.map { .failure($0) } ?? .success(())
    let continuation: CheckedContinuation<Void, any Error>? = state.withLock { state in
      defer { state = .ended(result) }
      if case .awaited(let continuation) = state { return continuation }
      return nil
    }
    continuation?.resume(with: result)
  }
}
