// SPDX-License-Identifier: Apache-2.0

#if Tools
// write and poll.
import Foundation
import StrataExport
import StrataFormats
import StrataSpool

/// A stream that the process was started with; bytes are written to it at once.
///
/// They go to the system directly: FileHandle would copy them, and take its classes into memory.
enum StandardStream: Int32 {
  case output = 1
  case error = 2

  /// Writes all bytes; waits where the reader is slow.
  func write(_ bytes: [UInt8]) throws(CommandError) {
    if self == .output { OpenFile.ignoreSizeSignal() }
    try OpenFile(rawValue, name: self == .output ? "standard output" : "standard error")
      .write(bytes)
  }
}

/// A file that is open to be written, whatever kind of file it is.
struct OpenFile {
  let descriptor: Int32
  /// What it is called in messages.
  let name: String

  init(_ descriptor: Int32, name: String) {
    (self.descriptor, self.name) = (descriptor, name)
  }

  /// Writes all bytes; waits where the reader is slow.
  func write(_ bytes: [UInt8]) throws(CommandError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        // SAFETY: as many bytes as there are behind the address.
        return unsafe Foundation.write(descriptor, rest.baseAddress, rest.count)
      }
      if count >= 0 {
        written += count
      } else if errno == EAGAIN {
        awaitReader()
      } else if errno != EINTR {
        throw failure(errno)
      }
    }
  }

  /// The failure for an error number of the system.
  func failure(_ reason: Int32) -> CommandError {
    CommandError(.cannotWrite, "\(name): \(SystemMessage.text(reason))")
  }

  /// Waits until the file takes bytes again: a process sharing it may have made it non-blocking.
  private func awaitReader() {
    var stream = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = unsafe poll(&stream, 1, -1)
  }

  /// Makes a file that may not grow an error of `write`, like a full disk, and not a signal that
  /// ends the process without a word.
  static func ignoreSizeSignal() {
    _ = sizeSignal
  }

  private static let sizeSignal: Void = {
    _ = signal(SIGXFSZ, SIG_IGN)
  }()
}
#endif
