// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataExport
import StrataTestSupport
import StrataTesting
import Testing

struct CSVTests {
  private static func text(
    _ header: [String],
    _ rows: [[Cell]] = [],
    _ texts: CSVTexts = .harmless
  ) -> String {
    let columns = header.map { Column($0, nil, .text) }
    return DataFormat.csv.text(HandMadeResult(columns: columns, cells: rows), texts)
  }

  @Test
  func `quotes what RFC 4180 wants quoted, and nothing else`() {
    let rows: [[Cell]] = [
      [.text("plain"), .text("with space"), .null],
      [.text("line\nfeed"), .text("carriage\rreturn"), .text("comma,")],
      [.text("\""), .text("é"), .text("'")], [.word("-1"), .absent, .standIn("(other)")],
    ]
    let expected = [
      #"a,"b,c","d""e""#, "plain,with space,", "\"line\nfeed\",\"carriage\rreturn\",\"comma,\"",
      #""""",é,'"#, "-1,,(other)", "",
    ].joined(separator: "\n")
    #expect(Self.text(["a", "b,c", "d\"e"], rows) == expected)
  }

  private static func row(_ cells: [Cell], _ texts: CSVTexts = .harmless) -> String {
    let text = text(cells.map { _ in "a" }, [cells], texts)
    return String(text.dropFirst(2 * cells.count).dropLast())
  }

  @Test(
    arguments: [
      ([0xED, 0xB2, 0x80], #"\udc80"#), ([0x61, 0xED, 0xA0, 0xBD, 0x62], #"a\ud83db"#),
      // Bytes that are no UTF-8 count as Python's surrogateescape has them.
      ([0xFF], #"\udcff"#), ([0xC3], #"\udcc3"#), ([0xC3, 0x28], #"\udcc3("#),
      ([0xED, 0xB2], #"\udced\udcb2"#),
      ([0xF4, 0x90, 0x80, 0x80], #"\udcf4\udc90\udc80\udc80"#),
      (Array("é\u{1F600}\u{0}".utf8), "é\u{1F600}\u{0}"),
    ] as [([UInt8], String)]
  )
  func `what UTF-8 cannot express is escaped as in JSON`(_ bytes: [UInt8], _ expected: String) {
    for texts in [CSVTexts.harmless, .raw] {
      #expect(Self.row([.text(ByteString(bytes))], texts) == expected)
    }
  }

  @Test(
    arguments: [
      (#"C:\app\x.py"#, #"C:\app\x.py"#), (#"\udce9"#, #"\u005cudce9"#),
      (#"a\ud800b"#, #"a\u005cud800b"#), (#"\u005c"#, #"\u005cu005c"#),
      (#"\u005cudce9"#, #"\u005cu005cudce9"#), (#"\\udce9"#, #"\\u005cudce9"#),
      (#"\ud7ff"#, #"\ud7ff"#), (#"\udCE9"#, #"\udCE9"#), (#"\udce"#, #"\udce"#), (#"\"#, #"\"#),
      (#"\u0041"#, #"\u0041"#),
    ]
  )
  func `a backslash is escaped where it could be taken for an escape`(
    _ text: String,
    _ expected: String
  ) {
    #expect(Self.row([.text(ByteString(text))]) == expected)
  }

  @Test func `every text can be had again`() throws {
    let parts: [[UInt8]] = [
      [0x5C], Array("u005c".utf8), Array("udce9".utf8), Array("u".utf8), Array("d".utf8),
      [0xED, 0xB3, 0xA9], [0xED, 0xA0, 0xBD], [0x27], [0x3D], [0x2B], [0x2D], [0x40], [0x09],
      Array("\u{FF1D}".utf8), Array("é".utf8), Array("5".utf8),
    ]
    var random = SeededGenerator(seed: 8)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...6, using: &random)
      let text = ByteString((0..<count).flatMap { _ in parts.randomElement(using: &random) ?? [] })
      #expect(Self.decoded(Self.row([.text(text)])) == text)
    }
  }

  /// Reads a cell as the documentation says.
  private static func decoded(_ cell: String) -> ByteString {
    let signs: [Unicode.Scalar] = [
      "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]
    var scalars = Array(cell.unicodeScalars)[...]
    if scalars.first == "'", let sign = scalars.first(where: { $0 != "'" }), signs.contains(sign) {
      scalars.removeFirst()
    }
    var bytes: [UInt8] = []
    while let scalar = scalars.popFirst() {
      let digits = String(String.UnicodeScalarView(scalars.dropFirst().prefix(4)))
      if scalar == "\\", scalars.first == "u", digits.utf8.count == 4,
        digits == digits.lowercased(), let unit = UInt16(digits, radix: 16),
        unit == 0x5C || (0xD800...0xDFFF).contains(unit)
      {
        let encoded = [0xE0 | unit >> 12, 0x80 | unit >> 6 & 0x3F, 0x80 | unit & 0x3F]
        bytes += unit == 0x5C ? [0x5C] : encoded.map(UInt8.init)
        scalars = scalars.dropFirst(5)
      } else {
        bytes += Array(String(scalar).utf8)
      }
    }
    return ByteString(bytes)
  }

  @Test(
    arguments: [
      ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@f", "'@f"), ("\tx", "'\tx"),
      ("\u{FF1D}1", "'\u{FF1D}1"), ("\u{FF0B}1", "'\u{FF0B}1"), ("'=1", "''=1"), ("''+", "'''+"),
      ("'x", "'x"), ("x=1", "x=1"), ("", ""), ("'", "'"), (" =1", " =1"),
    ]
  )
  func `a text that a spreadsheet would run is none any more, a number stays`(
    _ text: String,
    _ expected: String
  ) {
    #expect(Self.row([.text(ByteString(text))]) == expected)
    #expect(Self.row([.text(ByteString(text))], .raw) == text)
    #expect(Self.row([.integer(-1), .double(-.infinity)]) == "-1,-inf")
  }

  @Test func `texts that begin with a line break are quoted as well`() {
    #expect(Self.row([.text("\r=1")]) == "\"'\r=1\"")
    #expect(Self.row([.text("\n=1")]) == "\"'\n=1\"")
    #expect(Self.row([.text("=\"a\",b")]) == "\"'=\"\"a\"\",b\"")
    #expect(Self.text(["=cmd", "b"]) == "'=cmd,b\n")
  }

  @Test func `rows are handed on in pieces of whole rows`() {
    let cell = Cell.text("0123456789012345678901234567890123456789")
    let result = HandMadeResult(
      columns: [Column("a", nil, .text)],
      cells: Array(repeating: [cell], count: 10_000)
    )
    var pieces: [[UInt8]] = []
    DataFormat.csv.write(result) { pieces.append($0) }
    #expect(pieces.count > 5)
    #expect(pieces.allSatisfy { $0.last == UInt8(ascii: "\n") && $0.count < 70_000 })
    #expect(pieces.reduce(0) { $0 + $1.count } == 2 + 41 * 10_000)
  }
}

/// What objects and tables make of rows.
struct RowObjectTests {
  private static let columns = [
    Column("labelKey", ["label", "key"], .text, in: .objects),
    Column("host", ["label", "value"], .text), Column("only", nil, .flag, in: .tables),
    Column("a", ["x", "y", "a"], .integer, unit: "ns"),
    Column("b", ["x", "y", "b"], .number, unit: "ns"), Column("c", ["x", "c"], .time),
    Column("n", nil, .rows([Column("m", nil, .integer)]), in: .objects),
  ]
  private static let nested = HandMadeResult(
    columns: [Column("m", nil, .integer)],
    cells: [[.integer(1)], [.null]]
  )
  private static let result = HandMadeResult(
    columns: columns,
    cells: [
      [
        .text("host"), .null, .flag(true), .integer(2_500_000), .integer(5),
        .time(Timestamp(nanoseconds: 0)), .rows(nested.rows),
      ],
      [.absent, .standIn("(other)"), .flag(false), .absent, .absent, .absent, .null],
    ]
  )

  @Test func `paths that begin alike are one object, and an object without fields is none`() {
    let first =
      #"{"label":{"key":"host","value":null},"x":{"y":{"a":2500000,"b":5},"c":"1970-01-01T00:00:00Z"},"#
      + #""n":[{"m":1},{"m":null}]}"#
    #expect(DataFormat.ndjson.text(Self.result) == first + "\n" + #"{"n":null}"# + "\n")
    #expect(
      DataFormat.json.text(Self.result)
        == #"{"schema":"test/1","rows":["# + "\n" + first + ",\n" + #"{"n":null}],"warnings":[]}"#
        + "\n"
    )
  }

  @Test func `a table has one unit for all times, and lines that line up`() {
    var result = Self.result
    result.warnings = [.labelUnknown("z\u{1B}")]
    #expect(
      DataFormat.table.text(result) == """
        host     only  a (ms)  b (ms)  c
        -        yes    2.500   0.000  1970-01-01T00:00:00Z
        (other)  no
        # no capture has the label 'z\u{FFFD}'

        """
    )
  }

  @Test func `every form has a name of its own that finds it`() {
    #expect(Set(DataFormat.all.map(\.name)).count == DataFormat.all.count)
    for format in DataFormat.all { #expect(DataFormat(name: format.name) == format) }
    #expect(DataFormat(name: "xml") == nil)
    #expect(DataFormat.all.allSatisfy { $0.mediaType.contains("/") })
  }
}

/// A result of two slices with captures around one without.
struct SlicedSeriesOutputTests {
  private static let result = SlicedSeries(
    metric: .selfTime,
    every: .seconds(10),
    grouping: .function,
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
    warnings: [.longerThanSlice(captures: 1, of: 3)]
  )

  private static func start(_ seconds: Int64) -> Timestamp {
    Timestamp(nanoseconds: (1_767_603_600 + seconds) * 1_000_000_000)
  }

  @Test
  func `JSON has the fields of the schema`() throws {
    let json = try JSONValue(parsing: DataFormat.json.bytes(Self.result)[...])
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
    let warning = try #require(try json.field("warnings").elements.first)
    #expect(try warning.field("code").text.string == "longerThanSlice")
    #expect(try warning.field("captures").integer == 1)
    #expect(try warning.field("message").text.string.hasPrefix("1 of 3 captures lasted longer"))
  }

  @Test
  func `JSON has every slice and every value, undefined ones as null`() throws {
    let json = try JSONValue(parsing: DataFormat.json.bytes(Self.result)[...])
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
    let lines = DataFormat.ndjson.bytes(Self.result).split(separator: UInt8(ascii: "\n"))
    let rows = try lines.map { try JSONValue(parsing: $0) }
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
      start,startNanoseconds,file,line,name,metric,statistic,unit,value,captures,partial,other
      2026-01-05T09:00:00Z,1767603600000000000,"a,b.py",3,f,selfTime,sum,ns,10,2,true,false
      2026-01-05T09:00:00Z,1767603600000000000,,,(other),selfTime,sum,ns,2,2,true,true
      2026-01-05T09:00:20Z,1767603620000000000,"a,b.py",3,f,selfTime,sum,ns,4,1,false,false
      2026-01-05T09:00:20Z,1767603620000000000,,,(other),selfTime,sum,ns,0.5,1,false,true

      """
    #expect(DataFormat.csv.text(Self.result) == expected)
  }

  @Test
  func `nothing is other where every series is named`() throws {
    var result = Self.result
    result.otherCount = 0
    let lines = DataFormat.ndjson.bytes(result).split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == 2)
  }

  @Test(
    arguments: [
      (.file("a.py"), "file", "a.py", ",false", #"{"file":"a.py"}"#),
      (.module("a.b"), "module", "a.b", ",false", #"{"module":"a.b"}"#),
      (
        .label(key: "host", value: "h1"), "host", "h1", ",false,false",
        #"{"label":{"key":"host","value":"h1"}}"#
      ),
      (
        .label(key: "host", value: nil), "host", "", ",false,true",
        #"{"label":{"key":"host","value":null}}"#
      ),
      (
        .label(key: "host", value: ""), "host", "", ",false,false",
        #"{"label":{"key":"host","value":""}}"#
      ),
      // No two columns have one name.
      (
        .label(key: "value", value: "-5"), "label:value", "'-5", ",false,false",
        #"{"label":{"key":"value","value":"-5"}}"#
      ),
      (.all, "all", "all", ",false", #"{"all":true}"#),
    ] as [(SeriesKey, String, String, String, String)]
  )
  func `each kind of series has its column and field`(
    _ key: SeriesKey,
    _ column: String,
    _ field: String,
    _ flags: String,
    _ json: String
  ) throws {
    var result = Self.result
    result.grouping =
      switch key {
      case .label(let label, _): .label(label)
      case .file: .file
      case .module: .module
      case .function: .function
      case .all: .all
      }
    result.series = [.init(key: key, values: [.zero, .zero, .zero], total: .zero)]
    let lines = DataFormat.csv.text(result).split(separator: "\n")
    #expect(lines[0].hasPrefix("start,startNanoseconds,\(column),metric"))
    #expect(lines[1].contains("000000000,\(field),selfTime"))
    #expect(lines[1].hasSuffix(",2,true" + flags))
    #expect(lines[2].contains(",(other),selfTime") && lines[2].contains(",2,true,true"))
    let fields = json.dropFirst().dropLast()
    #expect(DataFormat.ndjson.text(result).contains("000000000,\(fields),\"metric\""))
    #expect(DataFormat.json.text(result).contains("\n{\(fields),\"values\":[0,0,0]"))
  }
}
