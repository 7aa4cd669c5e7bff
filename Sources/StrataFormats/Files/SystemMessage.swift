// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The system's words for why a call failed.
package enum SystemMessage {
  /// The words for an error number, such as `no space left on device`.
  package static func text(_ errno: CInt) -> String {
    guard let text = unsafe strerror(errno) else { return "error \(errno)" }
    // SAFETY: strerror returns a text that ends with a zero byte; it is copied at once.
    return unsafe String(cString: text).lowercased()
  }
}
