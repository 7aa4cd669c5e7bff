// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataTestSupport
import StrataTesting
import Testing

/// Dumps that Strata writes; that CPython loads them is checked in Tests/Python.
struct PstatsWriterTests {
  @Test(
    arguments: ["Reports/usual.prof", "Reports/odd.prof", "Reports/counts.prof"] + [
      "fib-py27-cprofile.prof", "unicode_names-py36-cprofile.prof",
      "mutual_recursion-py38-doubled.prof", "hotshot_difflib_diff-py27.prof",
    ]
  )
  func `what is written reads back the same`(_ name: String) throws {
    let fixtures = name.hasPrefix("Reports/") ? Fixtures(of: "StrataExportTests") : Fixtures()
    let profile = try PstatsDump(fixtures.bytes(name)).profile
    let again = try PstatsDump(PstatsWriter.dump(profile))
    #expect(again.profile == profile)
    #expect(again.warnings.isEmpty)
  }

  @Test func `the largest counts and odd lines survive`() throws {
    let counts: [CallCount] = [.max, .min + 1, 0, -1, 1 << 31, -(1 << 31), 1 << 30 - 1, 1 << 45]
    let profile = StatsProfile(
      functions: counts.enumerated().map { index, count in
        FunctionProfile(
          function: .at("a\u{D7FF}.py", index % 2 == 0 ? .max : .min, ByteString("f\(index)")),
          statistics: CallStatistics(
            callCount: count,
            primitiveCallCount: -count,
            selfTime: -0.0,
            cumulativeTime: .infinity
          )
        )
      }
    )
    let again = try PstatsDump(PstatsWriter.dump(profile)).profile
    #expect(again == profile)
    #expect(again.functions[0].statistics.selfTime.sign == .minus)
  }

  @Test func `an empty profile is an empty dict`() {
    #expect(PstatsWriter.dump(StatsProfile()) == Array("{0".utf8))
  }
}
