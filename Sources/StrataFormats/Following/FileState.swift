// SPDX-License-Identifier: Apache-2.0

import StrataCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What tells whether a file is still the one it was.
struct FileState: Hashable {
  private let number: FileNumber
  private let size: Int
  let modified: Timestamp

  /// The state of a regular file; nil where there is none.
  init?(of path: String) {
    var status: stat = .init()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    #if canImport(Darwin)
    let time = status.st_mtimespec
    #else
    let time = status.st_mtim
    #endif
    (number, size, modified) = (FileNumber(status), Int(status.st_size), Timestamp(time))
  }

  /// The time of day, as files have it.
  static var now: Timestamp {
    var time = timespec()
    guard unsafe clock_gettime(CLOCK_REALTIME, &time) == 0 else { return Timestamp(nanoseconds: 0) }
    return Timestamp(time)
  }
}

extension Timestamp {
  /// A time of the system, which may lie beyond what nanoseconds hold.
  init(_ time: timespec) {
    let nanoseconds = Int128(time.tv_sec) * 1_000_000_000 + Int128(time.tv_nsec)
    self.init(nanoseconds: Int64(clamping: nanoseconds))
  }
}
