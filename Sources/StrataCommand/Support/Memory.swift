// SPDX-License-Identifier: Apache-2.0

#if Tools
// Foundation brings the C library, for dlsym.
import Foundation

/// How the command takes memory from the system.
enum Memory {
  /// Keeps what was freed for the next dump.
  ///
  /// The arrays of a large dump are larger than what glibc keeps by default: it would give them back
  /// and take them again, zeroed page by page, for each of many dumps, which is a third of the time of
  /// adding up large ones. What is larger still, the arrays of a growing sum, goes back at once: kept,
  /// each would be a hole that the next, twice as large, does not fit.
  static func keepFreed() {
    #if os(Linux)
    // Swift's module of glibc lacks <malloc.h>: int mallopt(int parameter, int value).
    typealias Option = @convention(c) (CInt, CInt) -> CInt
    guard let symbol = unsafe dlsym(nil, "mallopt") else { return }
    // SAFETY: the type is that of glibc's declaration; other C libraries have no such symbol.
    let setOption = unsafe unsafeBitCast(symbol, to: Option.self)
    let (trimThreshold, mapThreshold): (CInt, CInt) = (-1, -3)
    _ = setOption(mapThreshold, 4 << 20)
    _ = setOption(trimThreshold, 256 << 20)
    #endif
  }
}
#endif
