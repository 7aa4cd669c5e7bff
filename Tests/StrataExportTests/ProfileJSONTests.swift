// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataExport
import StrataTestSupport
import StrataTesting
import Testing

struct ProfileJSONTests {
  @Test
  func `a profile has every function with its callers, times bit for bit`() throws {
    let profile = StatsProfile(functions: [
      FunctionProfile(
        function: .at("a.py", 3, "f"),
        statistics: .of(.max, primitive: 5, 8.204800000000001e-05, -0.0),
        callers: [
          CallEdge(
            caller: .at("b.py", 1, "g"),
            figures: .full(.of(7, primitive: 4, 0.1, .infinity))
          ),
          CallEdge(caller: .at("c.py", 2, "h"), figures: .countOnly(9)),
        ]
      )
    ])
    let data = ProfileData(profile, warnings: [.empty, .trailingBytes(count: 1, offset: 9)])
    let json = try JSONValue(parsing: DataFormat.json.bytes(data)[...])
    #expect(try json.field("schema").text == "strata/profile/1")
    #expect(try json.field("totalCalls").integer == Int128.max)
    let function = try json.field("functions").elements[0]
    #expect(
      try function.fields.map(\.key) == [
        "file", "line", "name", "callCount", "primitiveCallCount", "selfTime", "cumulativeTime",
        "callers",
      ]
    )
    #expect(try function.field("selfTime").double == 8.204800000000001e-05)
    #expect(try function.field("cumulativeTime").digits == "-0.0")
    let callers = try function.field("callers").elements
    #expect(try callers[0].field("primitiveCallCount").integer == 4)
    #expect(try callers[0].field("cumulativeTime").text == "inf")
    #expect(try callers[1].fields.map(\.key) == ["file", "line", "name", "callCount"])
    let warnings = try json.field("warnings").elements
    #expect(try warnings.map { try $0.field("code").text.string } == ["empty", "trailingBytes"])
    #expect(
      try warnings[1].field("message").text
        == "1 byte after the statistics, from byte 9 on, were ignored"
    )
  }

  @Test
  func `a comparison of inputs has its figures in JSON and CSV`() throws {
    let function = InputComparison.FunctionDifference(
      function: .at("a.py", 3, "f"),
      side: .init(selfTime: 40, calls: 4, captures: 2),
      rest: .init(selfTime: 10, calls: 2, captures: 2)
    )
    let comparison = InputComparison(
      keys: ["input"],
      captures: 4,
      selfTime: 50,
      kind: .traced,
      clock: nil,
      inputs: [
        .init(
          key: "input",
          value: "large",
          distribution: .init(captures: 2, sum: 40, p50: 15, p95: 25),
          rest: .init(captures: 2, sum: 10, p50: 5, p95: 5),
          functions: [function]
        ),
        .init(
          key: "input",
          value: nil,
          distribution: .init(captures: 4, sum: 50, p50: 5, p95: 25),
          rest: .init(captures: 0, sum: 0, p50: nil, p95: nil),
          functions: []
        ),
      ],
      warnings: [.labelUnknown("zone")]
    )
    let json = try JSONValue(parsing: DataFormat.json.bytes(comparison)[...])
    #expect(try json.field("schema").text == "strata/inputs/1")
    #expect(try json.field("clock").kind == "null")
    let inputs = try json.field("inputs").elements
    #expect(try inputs[0].field("share").digits == "0.8")
    #expect(try inputs[0].field("excess").digits == "30")
    #expect(try inputs[0].field("perCapture").field("mean").digits == "20")
    let difference = try inputs[0].field("functions").elements[0]
    #expect(
      try ["change", "moreCalls", "slowerCalls"].map { try difference.field($0).digits } == [
        "30", "10", "20",
      ]
    )
    #expect(try inputs[1].field("label").field("value").kind == "null")
    #expect(try inputs[1].field("excess").kind == "null")
    #expect(try inputs[1].field("restPerCapture").field("p50").kind == "null")
    let lines = DataFormat.csv.text(comparison).split(separator: "\n")
    #expect(lines[1] == "input,large,2,40,0.8,20,15,25,2,5,5,5,30,a.py:3(f),30,10,20,false")
    #expect(lines[2] == "input,,4,50,1,12.5,5,25,0,,,,,,,,,true")
    let rows = try DataFormat.ndjson.bytes(comparison).split(separator: UInt8(ascii: "\n"))
      .map { try JSONValue(parsing: $0) }
    #expect(try rows.map { try $0.field("selfTime").integer } == [40, 50])
    #expect(try rows[0].field("functions").elements.count == 1 && rows[0]["topFunction"] == nil)
  }
}
