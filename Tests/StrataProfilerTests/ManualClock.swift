// SPDX-License-Identifier: Apache-2.0

import StrataProfiler
import Synchronization

/// A clock that stands still unless it is told to go on.
final class ManualClock: Sendable {
  private let nanoseconds = Atomic<Int64>(42_000)

  var now: Int64 { nanoseconds.load(ordering: .relaxed) }

  func advance(_ amount: Int64) {
    nanoseconds.add(amount, ordering: .relaxed)
  }

  /// The clock for profilers.
  var profilerClock: ProfilerClock { .custom { self.now } }
}

/// Nanoseconds as the seconds of a profile.
func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) * 1e-9 }
