// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataExport
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

/// Reports as text against those of CPython 3.13 (Fixtures/Reports/make.py).
struct PstatsReportTests {
  /// One report that CPython printed.
  struct Case: Sendable, CustomTestStringConvertible {
    let json: JSONValue

    var testDescription: String {
      ["files", "print", "sort", "strip", "reverse", "limits"]
        .compactMap { key in json[key].map { "\(key): \($0)" } }.joined(separator: ", ")
    }

    func has(_ key: String) -> Bool { json[key] != nil }

    func profileAsRead() throws -> StatsProfile {
      var merger = ProfileMerger()
      for file in try json.field("files").elements {
        merger.add(try PstatsDump(reportFixtures.bytes(file.text.string + ".prof")).profile)
      }
      return merger.profile
    }

    func profile() throws -> StatsProfile {
      let profile = try profileAsRead()
      return has("strip") ? profile.strippingDirectories(callerCollision: .lastWins) : profile
    }

    func keys() throws -> [SortKey] {
      try (json["sort"]?.elements ?? []).map { try #require(SortKey(word: $0.text.string)) }
    }

    func listing(of profile: StatsProfile) throws -> ProfileListing {
      let keys = try keys()
      let limits = try json.field("limits").elements.map { limit -> ProfileListing.Limit in
        let value = try limit.elements[1].text.string
        switch try limit.elements[0].text.string {
        case "count": return .count(try #require(Int(value)))
        case "fraction": return .fraction(try #require(Double(value)))
        default: return .pattern(value)
        }
      }
      let order = ProfileOrder(keys, isReversed: has("reverse"))
      return try ListingQuery(order: order, limits: limits).listing(of: profile)
    }

    func text() throws -> [UInt8] {
      let profile = try profile()
      let report = PstatsReport(profile, try listing(of: profile))
      return switch try json["print"]?.text.string {
      case "callers": report.callers
      case "callees": report.callees
      default: report.statistics
      }
    }
  }

  static let cases = (try? reportFixtures.json("reports.json").field("reports").elements) ?? []

  @Test(arguments: cases.map { Case(json: $0) })
  func `a report is byte for byte that of CPython`(_ report: Case) throws {
    guard !report.has("error") else { return }
    let text = try report.text()
    #expect(ByteString(text) == (try report.json.field("text").text))
  }

  @Test func `all fixtures are there`() {
    #expect(Self.cases.count >= 170)
  }

  @Test func `the files of a report come first`() {
    let profile = StatsProfile()
    let listing = ProfileListing(rows: [], keys: [])
    let text = PstatsReport(profile, listing, sources: ["a", "b"]).statistics
    #expect(
      String(decoding: text, as: UTF8.self)
        == "a\nb\n\n         0 function calls in 0.000 seconds\n\n"
    )
  }

  // MARK: - In pieces

  private static let large = StatsProfile(
    functions: (0..<500).map { number in
      FunctionProfile(
        function: large(number),
        statistics: CallStatistics(
          callCount: 1,
          primitiveCallCount: 1,
          selfTime: 1,
          cumulativeTime: 1
        ),
        callers: (0..<number % 3).map { caller in
          CallEdge(caller: large(number / 2 + caller), figures: .countOnly(1))
        }
      )
    }
  )

  private static func large(_ number: Int) -> Function {
    .at("a.py", number, ByteString(String(repeating: "f", count: 500)))
  }

  @Test(arguments: [PstatsReport.Part.statistics, .callers, .callees])
  func `the pieces of a large report are lines of bounded size, and the whole together`(
    _ part: PstatsReport.Part
  ) throws {
    let report = PstatsReport(Self.large, try ListingQuery().listing(of: Self.large))
    var pieces: [[UInt8]] = []
    report.write(part) { pieces.append($0) }
    #expect(pieces.count > 3)
    #expect(pieces.allSatisfy { (1...70_000).contains($0.count) && $0.last == UInt8(ascii: "\n") })
    let whole =
      switch part {
      case .statistics: report.statistics
      case .callers: report.callers
      case .callees: report.callees
      }
    #expect(pieces.flatMap(\.self) == whole)
  }

  @Test func `nothing more is handed on where it cannot be taken`() throws {
    struct Full: Error {}
    let report = PstatsReport(Self.large, try ListingQuery().listing(of: Self.large))
    var count = 0
    #expect(throws: Full.self) {
      try report.write(.statistics) { _ throws(Full) in
        count += 1
        if count == 2 { throw Full() }
      }
    }
    #expect(count == 2)
  }

  // MARK: - Where CPython is wrong

  @Test func `a caller without figures leaves a time out, where CPython stops`() throws {
    let json = try #require(Self.cases.first { $0["error"] != nil })
    #expect(try json.field("error").text.string.hasPrefix("KeyError"))
    let ours = String(decoding: try Case(json: json).text(), as: UTF8.self)
    #expect(ours.hasPrefix(try json.field("text").text.string))
    #expect(ours.hasSuffix("/srv/main.py:5(g)  <- /srv/main.py:1(gone)(2) \n\n\n"))
  }

  @Test func `callers that collide are summed unless CPython is asked for`() throws {
    let profile = try PstatsDump(reportFixtures.bytes("colliding.prof")).profile
    let listing = try ListingQuery(limits: [.pattern("g")]).listing(of: profile)
    func callers(_ collision: StatsProfile.CallerCollision) throws -> String {
      let stripped = profile.strippingDirectories(callerCollision: collision)
      return String(decoding: PstatsReport(stripped, listing).callers, as: UTF8.self)
    }
    #expect(try callers(.summed).contains("<-      10    1.000    1.000  a.py:1(f)"))
    #expect(try callers(.lastWins).contains("<-       6    0.750    0.750  a.py:1(f)"))
  }

  @Test func `dumps of profile and cProfile add up, where CPython raises a TypeError`() throws {
    func edge(_ figures: CallEdge.Figures) -> StatsProfile {
      StatsProfile(functions: [
        FunctionProfile(
          function: .at("a.py", 1, "f"),
          statistics: .of(2, 1, 1),
          callers: [CallEdge(caller: .at("a.py", 2, "g"), figures: figures)]
        )
      ])
    }
    let sum = edge(.full(.of(2, 1, 1))).merged(with: edge(.countOnly(3)))
    #expect(sum.functions[0].callers[0].figures == .countOnly(5))
  }

  @Test func `callees know what was added since they were last asked for`() throws {
    let first = try PstatsDump(reportFixtures.bytes("usual.prof")).profile
    let both = first.merged(with: try PstatsDump(reportFixtures.bytes("colliding.prof")).profile)
    func callees(_ profile: StatsProfile) throws -> String {
      let listing = try ListingQuery(limits: [.pattern("f\\)")]).listing(of: profile)
      return String(decoding: PstatsReport(profile, listing).callees, as: UTF8.self)
    }
    #expect(!(try callees(first)).contains("main.py:1(g)"))
    #expect(try callees(both).contains("main.py:1(g)"))
  }

  @Test func `a time that is no number comes last, either way round`() throws {
    let profile = try PstatsDump(reportFixtures.bytes("nan.prof")).profile
    func names(_ keys: [SortKey]) throws -> [String] {
      let listing = try ListingQuery(order: ProfileOrder(keys)).listing(of: profile)
      return listing.functions(of: profile).map(\.function.name.string)
    }
    #expect(try names([.selfTime]) == ["c", "d", "a", "b"])
    #expect(try names([.cumulativeTime, .selfTime]) == ["c", "d", "a", "b"])
  }
}

private let reportFixtures = Fixtures(folder: "Reports")
