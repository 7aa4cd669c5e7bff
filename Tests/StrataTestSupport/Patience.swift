// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Synchronization

/// Waiting for what is bound to come, on a machine that may be busy with anything else.
///
/// No test asserts how long something takes: that says more about the machine than about the code.
/// The bound is there so that what never comes fails its own test and does not stop the whole run.
package enum Patience {
  /// What did not come.
  package struct Exhausted: Error, CustomStringConvertible {
    package var description: String { "it did not come within \(Patience.bound)" }
  }

  /// Many times what anything here takes, even where eight others want each core.
  package static let bound = Duration.seconds(600)

  /// Waits until a condition holds.
  package static func wait(for condition: () throws -> Bool) throws {
    let end = ContinuousClock.now + bound
    while try !condition() {
      guard ContinuousClock.now < end else { throw Exhausted() }
      usleep(2_000)
    }
  }

  /// Waits until a condition holds that other tasks bring about: they get their turn meanwhile.
  ///
  /// All tests share the threads of tasks, and a turn may take as long as all the others that wait
  /// for one. So time alone does not exhaust it: the other tasks have had many turns as well.
  package static func wait(for condition: () throws -> Bool) async throws {
    let end = ContinuousClock.now + bound
    var turns = 0
    while try !condition() {
      guard turns < 1_000 || ContinuousClock.now < end else { throw Exhausted() }
      turns += 1
      await Task.yield()
    }
  }

  /// Runs a closure on a thread of its own, and waits until it has ended.
  ///
  /// It goes on if it has not by then; the test has failed.
  ///
  /// - Throws: The error of the closure, or ``Exhausted``.
  package static func run<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) throws -> Result {
    try start(body).value()
  }

  /// Starts a closure on a thread of its own.
  ///
  /// A task would wait for one of few threads, which may wait for what the task is to do.
  package static func start<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) -> Promise<Result> {
    let promise = Promise<Result>()
    Thread.detachNewThread {
      promise.keep(Swift.Result { try body() })
    }
    return promise
  }

  /// What a thread is to come to.
  package final class Promise<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let isKept = DispatchSemaphore(value: 0)

    fileprivate func keep(_ value: Result<Value, any Error>) {
      result.withLock { $0 = value }
      isKept.signal()
    }

    /// Waits for the result.
    ///
    /// - Throws: The error of the closure, or ``Exhausted``.
    package func value() throws -> Value {
      let seconds = Double(Patience.bound.components.seconds)
      guard isKept.wait(timeout: .now() + seconds) == .success else { throw Exhausted() }
      guard let result = result.withLock({ $0 }) else { throw Exhausted() }
      return try result.get()
    }
  }
}

extension Process {
  /// Waits for the end of a process; one that hangs is killed, which fails its test, and no other.
  package func waitForEnd() {
    let identifier = processIdentifier
    let end = DispatchWorkItem { kill(identifier, SIGKILL) }
    let seconds = Double(Patience.bound.components.seconds)
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: end)
    waitUntilExit()
    end.cancel()
  }
}
