// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataTestSupport
import Testing

struct DelimitedTextTests {
  @Test
  func `quotes what RFC 4180 wants quoted, and nothing else`() {
    var text = DelimitedText(header: ["a", "b,c", "d\"e"])
    text.row(["plain", "with space", ""])
    text.row(["line\nfeed", "carriage\rreturn", "comma,"])
    text.row(["\"", "é", "'"])
    let expected = [
      #"a,"b,c","d""e""#, "plain,with space,", "\"line\nfeed\",\"carriage\rreturn\",\"comma,\"",
      #""""",é,'"#, "",
    ].joined(separator: "\n")
    #expect(String(decoding: text.bytes, as: UTF8.self) == expected)
  }

  @Test
  func `bytes that are no UTF-8 stay`() {
    var text = DelimitedText(header: ["a"])
    text.row([ByteString([0xed, 0xb2, 0x80])])
    #expect(text.bytes == [0x61, 0x0a, 0xed, 0xb2, 0x80, 0x0a])
  }
}

/// A result of two slices with captures around one without.
struct SlicedSeriesOutputTests {
  private static let result = SlicedSeries(
    metric: .selfTime,
    every: .seconds(10),
    groupBy: "function",
    kind: .traced,
    clock: .wall,
    slices: [
      .init(
        start: start(0),
        captures: 2,
        isPartial: true,
        total: MetricValue(12),
        other: MetricValue(2)
      ),
      .init(start: start(10), captures: 0, total: .zero, other: .zero),
      .init(
        start: start(20),
        captures: 1,
        total: MetricValue(9, dividedBy: 2),
        other: MetricValue(1, dividedBy: 2)
      ),
    ],
    series: [
      .init(
        key: .function(.at("a,b.py", 3, "f")),
        values: [MetricValue(10), .zero, MetricValue(8, dividedBy: 2)],
        total: MetricValue(14)
      ),
      .init(
        key: .function(.at("~", 0, ByteString([0x3c, 0xed, 0xb2, 0x80, 0x3e]))),
        values: [nil, nil, nil],
        total: nil
      ),
    ],
    otherCount: 3,
    warnings: ["take care"]
  )

  private static func start(_ seconds: Int64) -> Timestamp {
    Timestamp(nanoseconds: (1_767_603_600 + seconds) * 1_000_000_000)
  }

  @Test
  func `JSON has the fields of the schema`() throws {
    var writer = JSONWriter()
    writer.slicedSeries(Self.result)
    let json = try JSONParser.parse(writer.bytes[...])
    let texts = [
      ("schema", "strata/slices/1"), ("metric", "selfTime"), ("statistic", "sum"), ("unit", "ns"),
      ("align", "epoch"),
      ("groupBy", "function"), ("kind", "traced"), ("clock", "wall"),
    ]
    for (key, text) in texts { #expect(try json.field(key).text.string == text) }
    #expect(try json.field("every").integer == 10_000_000_000)
    #expect(try json.field("otherCount").integer == 3)
    #expect(try json.field("weighted").flag == false)
    #expect(try json.field("stackable").flag == true)
    #expect(try json.field("warnings").elements.map { try $0.text.string } == ["take care"])
  }

  @Test
  func `JSON has every slice and every value, undefined ones as null`() throws {
    var writer = JSONWriter()
    writer.slicedSeries(Self.result)
    let json = try JSONParser.parse(writer.bytes[...])
    let slices = try json.field("slices").elements
    #expect(
      try slices.map { try $0.field("start").text.string } == [
        "2026-01-05T09:00:00Z", "2026-01-05T09:00:10Z", "2026-01-05T09:00:20Z",
      ]
    )
    #expect(
      try slices.map { try $0.field("startNanoseconds").integer }.first == 1_767_603_600_000_000_000
    )
    #expect(try slices.map { try $0.field("captures").integer } == [2, 0, 1])
    #expect(try slices.map { try $0.field("partial").flag } == [true, false, false])
    #expect(try slices.map { try $0.field("total").digits } == ["12", "0", "4.5"])
    #expect(try slices.map { try $0.field("other").digits } == ["2", "0", "0.5"])
    let series = try json.field("series").elements
    #expect(try series[0].field("values").elements.map { try $0.digits } == ["10", "0", "4"])
    #expect(try series[0].field("function").field("file").text == "a,b.py")
    #expect(try series[0].field("function").field("line").integer == 3)
    #expect(
      try series[1].field("function").field("name").text.bytes == [0x3c, 0xed, 0xb2, 0x80, 0x3e]
    )
    #expect(try series[1].field("values").elements.map(\.kind) == ["null", "null", "null"])
    #expect(try series[1].field("total").kind == "null")
  }

  @Test
  func `NDJSON has a row for each defined value of a slice with captures`() throws {
    let lines = SlicedSeriesTable(Self.result).ndjson.split(separator: UInt8(ascii: "\n"))
    let rows = try lines.map { try JSONParser.parse($0) }
    #expect(try rows.map { try $0.field("value").digits } == ["10", "2", "4", "0.5"])
    #expect(try rows.map { try $0["other"]?.flag } == [nil, true, nil, true])
    #expect(try rows[0].field("function").field("name").text == "f")
    #expect(try rows.map { try $0.field("captures").integer } == [2, 2, 1, 1])
    #expect(try rows[2].field("start").text == "2026-01-05T09:00:20Z")
    #expect(try rows[2].field("unit").text == "ns")
    #expect(try rows[0].field("partial").flag)
  }

  @Test
  func `CSV has the same rows`() {
    let expected = """
      start,startNanoseconds,file,line,name,metric,statistic,unit,value,captures,partial
      2026-01-05T09:00:00Z,1767603600000000000,"a,b.py",3,f,selfTime,sum,ns,10,2,true
      2026-01-05T09:00:00Z,1767603600000000000,,,(other),selfTime,sum,ns,2,2,true
      2026-01-05T09:00:20Z,1767603620000000000,"a,b.py",3,f,selfTime,sum,ns,4,1,false
      2026-01-05T09:00:20Z,1767603620000000000,,,(other),selfTime,sum,ns,0.5,1,false

      """
    #expect(String(decoding: SlicedSeriesTable(Self.result).csv, as: UTF8.self) == expected)
  }

  @Test
  func `nothing is other where every series is named`() throws {
    var result = Self.result
    result.otherCount = 0
    let lines = SlicedSeriesTable(result).ndjson.split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == 2)
  }

  @Test(
    arguments: [
      (.file("a.py"), "file", "a.py", #"{"file":"a.py"}"#),
      (.module("a.b"), "module", "a.b", #"{"module":"a.b"}"#),
      (.label(key: "host", value: "h1"), "host", "h1", #"{"label":{"key":"host","value":"h1"}}"#),
      (.label(key: "host", value: nil), "host", "", #"{"label":{"key":"host","value":null}}"#),
      (.all, "all", "all", #"{"all":true}"#),
    ] as [(SeriesKey, String, String, String)]
  )
  func `each kind of series has its column and field`(
    _ key: SeriesKey,
    _ column: String,
    _ field: String,
    _ json: String
  ) throws {
    var result = Self.result
    result.series = [.init(key: key, values: [.zero, .zero, .zero], total: .zero)]
    let lines = String(decoding: SlicedSeriesTable(result).csv, as: UTF8.self).split(
      separator: "\n"
    )
    #expect(lines[0].hasPrefix("start,startNanoseconds,\(column),metric"))
    #expect(lines[1].contains("000000000,\(field),selfTime"))
    var writer = JSONWriter()
    writer.object { $0.key(key) }
    #expect(String(decoding: writer.bytes, as: UTF8.self) == json)
  }
}
