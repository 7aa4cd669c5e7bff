// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataExport
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

/// Profiles as rows, and as CPython's own dataclass.
struct ProfileDataTests {
  private static let profile = StatsProfile(functions: [
    FunctionProfile(
      function: .at("a,b.py", 3, "f\"x\""),
      statistics: .of(7, primitive: 5, 0.1, 1e-9),
      callers: [
        CallEdge(caller: .at("m.py", 1, "main"), figures: .full(.of(4, primitive: 2, 0.05, 0))),
        CallEdge(caller: .at("m.py", 2, "other"), figures: .countOnly(3)),
      ]
    ),
    FunctionProfile(function: .at("m.py", 9, "f\"x\""), statistics: .of(0, 0.0625, 0.0004)),
  ])

  private func listing(_ keys: [SortKey] = []) throws -> ProfileListing {
    try ListingQuery(order: ProfileOrder(keys)).listing(of: Self.profile)
  }

  @Test func `a row for each function`() throws {
    let text = DataFormat.csv.text(ProfileData(Self.profile, try listing()))
    #expect(
      text == """
        file,line,name,callCount,primitiveCallCount,selfTime,cumulativeTime
        "a,b.py",3,"f""x""\",7,5,0.1,1e-09
        m.py,9,"f""x""\",0,0,0.0625,0.0004

        """
    )
  }

  @Test func `a row for each caller, with what is known of it`() throws {
    let data = ProfileData(Self.profile, try listing())
    let lines = DataFormat.csv.text(data.callers).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1] == #"m.py,1,main,"a,b.py",3,"f""x""",4,2,0.05,0.0"#)
    #expect(lines[2] == #"m.py,2,other,"a,b.py",3,"f""x""",3,,,"#)
  }

  @Test func `an object for each function`() throws {
    let data = ProfileData(Self.profile, try listing([.name, .line]))
    let lines = DataFormat.ndjson.bytes(data).split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == 2)
    let first = try JSONValue(parsing: lines[0])
    #expect(try first.field("callers").elements.count == 2)
    #expect(try first.field("callers").elements[1]["selfTime"] == nil)
    #expect(try first.field("selfTime").double == 0.1)
  }

  /// Two functions share a name: of the two the last one in the order survives, rounded.
  @Test func `get_stats_profile loses what CPython loses`() throws {
    func functions(_ keys: [SortKey]) throws -> [(key: String, value: JSONValue)] {
      var json = JSONWriter()
      json.getStatsProfile(Self.profile, try listing(keys))
      let value = try JSONValue(parsing: json.bytes[...])
      #expect(try value.field("total_tt").double == 0.163)
      return try value.field("func_profiles").fields
    }
    let last = try functions([])
    #expect(last.count == 1)
    #expect(last[0].key == "f\"x\"")
    #expect(try last[0].value.field("line_number").integer == 9)
    #expect(try last[0].value.field("tottime").double == 0.062)
    #expect(try last[0].value.field("percall_tottime").digits == "-1")
    let sorted = try functions([.name, .cumulativeTime])
    #expect(try sorted[0].value.field("ncalls").text == "7/5")
    #expect(try sorted[0].value.field("percall_cumtime").double == 0)
  }
}
