// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

@testable import PythonPattern

/// Compares with what CPython 3.13 says, which `Fixtures/README.md` tells how to get.
struct PatternDifferentialTests {
  @Test func `finds what Python finds and refuses what Python refuses`() throws {
    let rows = try PatternFixture.rows()
    #expect(rows.count >= 3_000)
    for row in rows {
      let verdict = Self.verdict(on: row)
      guard verdict != row.verdict else { continue }
      let source = row.pattern.debugDescription
      Issue.record("\(source) on \(row.text): \(verdict), Python: \(row.verdict)")
    }
  }

  private static func verdict(on row: PatternFixture) -> String {
    do throws(PatternError) {
      let pattern = try Pattern(parsing: row.pattern)
      let text = ByteString(row.text)
      return (try pattern.matches(text) ? "1" : "0") + (try pattern.matchesWhole(text) ? "1" : "0")
    } catch {
      switch error {
      case .invalid(_, let reason): return "!" + reason
      case .limitExceeded(_, let reason): return "?" + reason
      default: return "\(error)"
      }
    }
  }

  /// The backtracking matcher can do all that the linear one can; where a text is short, in time.
  @Test func `finds the same with both matchers`() throws {
    for row in try PatternFixture.rows() where row.verdict.utf8.count == 2 {
      let tree = try PatternParser.parse(row.pattern)
      let program = BacktrackingCompiler.compile(tree)
      let verdict = [false, true].map { isWhole in
        var matcher = BacktrackingMatcher(
          program,
          text: row.text,
          isWhole: isWhole,
          steps: 20_000_000
        )
        return matcher.run() == true ? "1" : "0"
      }
      guard verdict.joined() != row.verdict else { continue }
      Issue.record("\(row.pattern.debugDescription) on \(row.text): Python: \(row.verdict)")
    }
  }
}
