// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

@testable import StrataFormats
import StrataSpool

/// What fuzzing found: each once trapped, or was not read back.
struct FuzzFindingTests {
  @Test func `reads a marker of samples that comes first`() throws {
    let dump = try PstatsDump(Array("{)\u{1}z\u{b}__sampled__T0".utf8))
    #expect(dump.writer == .sampling)
    #expect(dump.profile.functions.isEmpty)
  }

  @Test(arguments: ["9999999999999999.prof", "9223372036854775808.prof"])
  func `finds no time in digits beyond 64 bits of nanoseconds`(name: String) {
    #expect(Timestamp(fileName: name) == nil)
  }

  @Test(arguments: [Int64.min, .min + 1, -1, 0, .max])
  func `reads back the ends of time`(nanoseconds: Int64) {
    let time = Timestamp(nanoseconds: nanoseconds)
    #expect(Timestamp(iso8601: time.iso8601) == time)
  }
}
