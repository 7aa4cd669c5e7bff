// SPDX-License-Identifier: Apache-2.0

#if Tools
// write and poll.
import Foundation
import StrataFormats

/// A stream that the process was started with, to which bytes are written at once.
///
/// They go to the system as they are: FileHandle would copy them, and take its classes into memory.
enum StandardStream: Int32 {
  case output = 1
  case error = 2

  /// Writes all bytes; waits where the reader is slow.
  func write(_ bytes: [UInt8]) throws(CommandError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        // SAFETY: as many bytes as there are behind the address.
        return unsafe Foundation.write(rawValue, rest.baseAddress, rest.count)
      }
      if count >= 0 {
        written += count
      } else if errno == EAGAIN {
        awaitReader()
      } else if errno != EINTR {
        throw CommandError(.cannotWrite, "\(name): \(SystemMessage.text(errno))")
      }
    }
  }

  /// Waits until the stream takes bytes again: whoever shares it may have said that writing to it
  /// must not wait.
  private func awaitReader() {
    var stream = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
    _ = unsafe poll(&stream, 1, -1)
  }

  private var name: String { self == .output ? "standard output" : "standard error" }
}
#endif
