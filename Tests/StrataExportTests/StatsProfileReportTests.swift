// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataExport
import StrataTestSupport
import Testing

/// `StatsProfile.report` against the reports that CPython 3.13 printed.
struct StatsProfileReportTests {
  /// Figures in an order that is not turned round, whole or the first of them.
  static let cases = PstatsReportTests.cases.map { PstatsReportTests.Case(json: $0) }.filter {
    !["print", "reverse", "error"].contains(where: $0.has) && (try? limit(of: $0)) != nil
  }

  /// The limit of a report; nil inside for none, nil outside for one that is not a number.
  private static func limit(of report: PstatsReportTests.Case) throws -> Int?? {
    let limits = try report.json.field("limits").elements
    if limits.isEmpty { return .some(nil) }
    guard limits.count == 1, try limits[0].elements[0].text.string == "count" else { return nil }
    return Int(try limits[0].elements[1].text.string)
  }

  @Test(arguments: cases)
  func `figures are byte for byte those of CPython`(_ report: PstatsReportTests.Case) throws {
    guard let limit = try Self.limit(of: report) else { return }
    let text = try report.profileAsRead().report(
      sortedBy: report.keys(),
      limit: limit,
      strippingDirectories: report.has("strip")
    )
    let expected = try report.json.field("text").text
    #expect(text == String(decoding: expected.bytes, as: UTF8.self))
  }

  @Test func `there are such reports, with limits and without folders`() throws {
    let limits = try Self.cases.compactMap { try Self.limit(of: $0) ?? nil }
    #expect(Self.cases.count >= 40)
    #expect(limits.count >= 5)
    #expect(Self.cases.contains { $0.has("strip") })
  }

  @Test func `without arguments functions come by their standard names`() throws {
    let report = try #require(Self.cases.first).profileAsRead()
    #expect(report.report() == report.report(sortedBy: .standardName))
    #expect(report.report().contains("   Ordered by: standard name\n"))
    #expect(report.report(sortedBy: []).contains("   Random listing order was used\n"))
  }

  @Test(arguments: [-1, 1_000_000, .max, .min])
  func `a limit that is negative or too large takes nothing out`(_ limit: Int) throws {
    let profile = try #require(Self.cases.first).profileAsRead()
    #expect(profile.report(limit: limit) == profile.report())
  }

  @Test func `a limit of none leaves the totals`() throws {
    let profile = try #require(Self.cases.first).profileAsRead()
    let text = profile.report(sortedBy: .selfTime, limit: 0)
    #expect(text.hasPrefix("         21905 function calls"))
    #expect(!text.contains("fib"))
  }

  @Test func `an empty profile has a report`() {
    #expect(StatsProfile().report() == "         0 function calls in 0.000 seconds\n\n")
  }
}
