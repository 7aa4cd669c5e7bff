// SPDX-License-Identifier: Apache-2.0

public import StrataCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What a profiler measures with: elapsed time, the CPU time of a thread, or a clock of your own.
public struct ProfilerClock: Sendable {
  enum Source: Sendable {
    case elapsed
    case threadCPU
    case custom(@Sendable () -> Int64)
  }

  let source: Source
  /// What the times are, for records.
  public let kind: ProfileClock

  /// Elapsed time, from the system's monotonic clock.
  public static let wall = ProfilerClock(source: .elapsed, kind: .wall)

  /// The CPU time of the thread, in the kernel and outside; each reading is a system call.
  public static let cpu = ProfilerClock(source: .threadCPU, kind: .cpu)

  /// A clock of your own, in nanoseconds from any start.
  ///
  /// It is read twice for each call on whatever thread calls, so it must be quick, must not step back,
  /// and must not be measured itself.
  public static func custom(
    _ kind: ProfileClock = .wall,
    nanoseconds: @escaping @Sendable () -> Int64
  ) -> ProfilerClock {
    ProfilerClock(source: .custom(nanoseconds), kind: kind)
  }

  /// The time of the calling thread, from any start.
  @inline(__always)
  func now() -> Nanoseconds {
    switch source {
    case .elapsed: Self.read(CLOCK_MONOTONIC)
    case .threadCPU: Self.read(CLOCK_THREAD_CPUTIME_ID)
    case .custom(let nanoseconds): Nanoseconds(nanoseconds())
    }
  }

  /// Whether each thread has its own time.
  var isOfThread: Bool {
    if case .threadCPU = source { true } else { false }
  }

  /// The time of another thread; nil where the system does not provide it.
  func now(of thread: ThreadClock) -> Nanoseconds? {
    guard case .threadCPU = source else { return now() }
    return thread.now
  }

  @inline(__always)
  static func read(_ clock: clockid_t) -> Nanoseconds {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Nanoseconds(Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
  }
}

extension ProfilerClock: CustomStringConvertible {
  /// The name of the clock.
  public var description: String {
    switch source {
    case .elapsed: "elapsed time"
    case .threadCPU: "CPU time of the thread"
    case .custom: "a clock of the program"
    }
  }
}

/// The CPU clock of one thread, which other threads may read while it lives.
struct ThreadClock: Sendable {
  #if canImport(Glibc)
  private let id: clockid_t?

  /// The clock of the calling thread.
  init() {
    var id = clockid_t()
    self.id = unsafe pthread_getcpuclockid(pthread_self(), &id) == 0 ? id : nil
  }

  /// Its time.
  var now: Nanoseconds? { id.map(ProfilerClock.read) }
  #else
  /// The clock of the calling thread; other systems do not show it to other threads.
  init() {}

  var now: Nanoseconds? { nil }
  #endif
}

extension Timestamp {
  /// The system's time now.
  static var now: Timestamp { Timestamp(nanoseconds: ProfilerClock.read(CLOCK_REALTIME).count) }
}
