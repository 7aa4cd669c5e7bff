// SPDX-License-Identifier: Apache-2.0

import StrataFormats
import StrataTestSupport
import Testing

/// Bytes that are no dump: each with what must be said of it, and where.
struct MalformedDumpTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var error: FormatError

    /// Bytes up to the place of the error, and what follows.
    init(
      _ name: String,
      _ code: FormatError.Code,
      after prefix: [UInt8],
      _ rest: [UInt8],
      _ expected: String,
      _ found: String
    ) {
      testDescription = name
      bytes = prefix + rest
      error = FormatError(
        format: "pstats dump",
        code,
        at: prefix.count,
        expected: expected,
        found: found
      )
    }
  }

  @Test(arguments: marshalCases + shapeCases + valueCases + numberCases)
  func `says what is wrong, and where`(_ malformed: Case) {
    let error = caught { () throws(FormatError) in _ = try PstatsDump(malformed.bytes) }
    #expect(error == malformed.error)
  }

  static let open = Marshal.code("{")
  static let key = open + Marshal.key()
  static let end = Marshal.null
  static let figures = Marshal.int(1) + Marshal.int(1) + Marshal.float(0) + Marshal.float(0)
}
