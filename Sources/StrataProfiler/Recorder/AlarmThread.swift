// SPDX-License-Identifier: Apache-2.0

import StrataCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A thread that runs a closure whenever the time that the closure named has come, or when called.
///
/// A task waits for its actor, and for one of the threads that all tasks share; a program may keep both
/// busy for as long as it likes. A thread of its own waits for nothing but the system.
@safe
final class AlarmThread: @unchecked Sendable {
  // SAFETY: the closure is constant, and `isCalled` is only touched while `mutex` is locked. Both locks
  // are initialized before the thread starts and live as long as this, which the thread holds on to.

  /// Does what is due; returns the nanoseconds until it wants to run again; nil ends the thread.
  typealias Action = @Sendable () -> Int64?

  private let action: Action
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var isCalled = false

  /// Starts a thread, which runs the closure at once; nil where the system has none to give.
  init?(_ action: @escaping Action) {
    self.action = action
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe Self.initialize(condition)
    guard start() else { return nil }
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Makes the thread run the closure now, or again if it is running it.
  func call() {
    unsafe pthread_mutex_lock(mutex)
    isCalled = true
    unsafe pthread_cond_signal(condition)
    unsafe pthread_mutex_unlock(mutex)
  }

  private func run() {
    while let pause = action() { wait(pause) }
  }

  /// Waits until it is called, or some nanoseconds have passed.
  private func wait(_ nanoseconds: Int64) {
    // Within what every system accepts as a time; the closure says again how long it is.
    let end = Self.time + min(nanoseconds, 3_600_000_000_000)
    unsafe pthread_mutex_lock(mutex)
    while !isCalled, Self.time < end { unsafe wait(until: end) }
    isCalled = false
    unsafe pthread_mutex_unlock(mutex)
  }

  /// The clock that threads wait by, in nanoseconds; it never steps.
  static var time: Int64 { ProfilerClock.read(CLOCK_MONOTONIC).count }

  // MARK: - The system's differences

  #if canImport(Darwin)
  private static func initialize(_ condition: UnsafeMutablePointer<pthread_cond_t>) {
    unsafe pthread_cond_init(condition, nil)
  }

  @unsafe private func wait(until end: Int64) {
    let rest = max(0, end - Self.time)
    var time = timespec(rest)
    unsafe pthread_cond_timedwait_relative_np(condition, mutex, &time)
  }
  #else
  /// Makes a condition whose time does not change with the calendar's.
  private static func initialize(_ condition: UnsafeMutablePointer<pthread_cond_t>) {
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  @unsafe private func wait(until end: Int64) {
    var time = timespec(end)
    unsafe pthread_cond_timedwait(condition, mutex, &time)
  }
  #endif

  /// Starts the thread, which holds on to this until it ends.
  ///
  /// Signals of the program are for its own threads to take.
  private func start() -> Bool {
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    let this = unsafe Unmanaged.passRetained(self)
    let isStarted = unsafe Self.startThread(this.toOpaque())
    if !isStarted { unsafe this.release() }
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    return isStarted
  }

  private static func startThread(_ alarm: UnsafeMutableRawPointer) -> Bool {
    #if canImport(Darwin)
    var thread: pthread_t?
    guard unsafe pthread_create(&thread, nil, body, alarm) == 0, let thread = unsafe thread else {
      return false
    }
    _ = unsafe pthread_detach(thread)
    #else
    var thread = pthread_t()
    guard unsafe pthread_create(&thread, nil, body, alarm) == 0 else { return false }
    _ = pthread_detach(thread)
    #endif
    // The thread runs, and takes over the reference that it was handed, detached or not.
    return true
  }

  #if canImport(Darwin)
  private static let body: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = {
    unsafe run($0)
    return nil
  }
  #else
  private static let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    if let alarm = unsafe $0 { unsafe run(alarm) }
    return nil
  }
  #endif

  private static func run(_ alarm: UnsafeMutableRawPointer) {
    unsafe Unmanaged<AlarmThread>.fromOpaque(alarm).takeRetainedValue().run()
  }
}

extension timespec {
  fileprivate init(_ nanoseconds: Int64) {
    self.init(
      tv_sec: time_t(nanoseconds / 1_000_000_000),
      tv_nsec: Int(nanoseconds % 1_000_000_000)
    )
  }
}
