// SPDX-License-Identifier: Apache-2.0

#if Tools
import CStrataSystem

/// How the command takes memory from the system.
enum Memory {
  /// Keeps what was freed for the next dump.
  ///
  /// The arrays of a large dump are larger than what glibc keeps by default: it would give them back
  /// and take them again, zeroed page by page, for each of many dumps, which is a third of the time of
  /// adding up large ones. What is larger still, the arrays of a growing sum, goes back at once: kept,
  /// each would be a hole that the next, twice as large, does not fit.
  ///
  /// - Parameter size: The largest block that is kept, in bytes: an array of a dump, unless told
  ///   otherwise by what uses those again itself.
  static func keepFreed(upTo size: Int = 3 << 19) {
    strata_keep_freed(size, 256 << 20)
  }

  /// Gives back what is not in use now: freed memory, and code, of which the start of a command needs
  /// more than its work.
  static func giveBack() {
    strata_give_back_freed()
    strata_give_back_code()
  }
}
#endif
