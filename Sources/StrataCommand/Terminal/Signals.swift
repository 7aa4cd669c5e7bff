// SPDX-License-Identifier: Apache-2.0

#if Tools
import CStrataSystem
import StrataCore

/// Waiting that a signal ends.
enum Signals {
  /// Has SIGINT and SIGTERM noted from now on, instead of ending the process.
  static func watchEnd() throws {
    guard strata_watch_end() == 0 else {
      throw CommandError(.unavailable, "cannot wait for signals; try again")
    }
  }

  /// Whether the end was asked for.
  static var endWasAsked: Bool { strata_end_was_asked() != 0 }

  /// Waits for a signal, and no longer than a time.
  static func wait(_ time: Duration) {
    let milliseconds = (time.nanoseconds ?? 0) / 1_000_000
    strata_wait_for_signal(Int32(clamping: max(1, milliseconds)))
  }
}
#endif
