// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import Testing

/// Conditions without regular expressions; those have suites of their own.
struct CaptureFilterTests {
  private typealias Condition = CaptureFilter.Condition

  private static func label(_ key: String, _ value: String) -> Condition {
    .label(key: key, .equals(value))
  }

  private static func header(
    _ labels: Labels = [:],
    duration: Duration? = nil,
    kind: ProfileKind = .traced,
    clock: ProfileClock = .wall,
    weight: String = "1"
  ) -> CaptureHeader {
    CaptureHeader(
      start: Timestamp(nanoseconds: 0),
      duration: duration,
      kind: kind,
      clock: clock,
      weight: Weight(decimal: weight) ?? .one,
      covers: .call,
      labels: labels
    )
  }

  @Test(
    arguments: [
      ("endpoint=/search", [label("endpoint", "/search")]),
      ("a=1,b!=2", [label("a", "1"), .label(key: "b", .differs("2"))]),
      ("a=", [label("a", "")]),
      ("a!=", [.label(key: "a", .differs(""))]),
      ("", []),
      (",a=1,,", [label("a", "1")]),
      ("a=1=2!=3", [label("a", "1=2!=3")]),
      (#"a=1\,2"#, [label("a", "1,2")]),
      (#"a=1\\,b=2"#, [label("a", #"1\"#), label("b", "2")]),
      (#"a=c:\\d"#, [label("a", #"c:\d"#)]),
      (#"a=c:\d"#, [label("a", #"c:\d"#)]),
      (#"a=1\"#, [label("a", #"1\"#)]),
      ("é=ü", [label("é", "ü")]),
      (" a = 1 ", [label(" a ", " 1 ")]),
      (#"\@kind=x"#, [label("@kind", "x")]),
      ("@kind=traced", [.kind(.equal, ProfileKind.traced)]),
      ("@kind!=sampled", [.kind(.notEqual, .sampled)]),
      ("@clock=cpu", [.clock(.equal, .cpu)]),
      ("@duration>1s", [.duration(.greater, .seconds(1))]),
      ("@duration<=1m30s", [.duration(.lessOrEqual, .seconds(90))]),
      ("@weight>=1", [.weight(.greaterOrEqual, .one)]),
      ("@weight<1,a=b", [.weight(.less, .one), label("a", "b")]),
    ] as [(String, [Condition])]
  )
  func `reads conditions`(_ text: String, _ expected: [CaptureFilter.Condition]) throws {
    #expect(try CaptureFilter(parsing: text).clauses == expected.map { [$0] })
  }

  @Test(arguments: ["a", "=1", "!=1", "a!1", "a!", "a=1,b", "~", "a~1", "a>1"])
  func `refuses what is no condition, and names it`(_ text: String) {
    let bad = text.split(separator: ",").last.map(String.init) ?? ""
    let error = caught { () throws(QueryError) in _ = try CaptureFilter(parsing: text) }
    #expect(error == .badFilter(bad))
  }

  @Test(arguments: [
    ("@color=red", "the properties are @kind, @clock, @quality, @duration and @weight"),
    ("@=1", "@ is not a property"),
    ("@kind", "@kind takes the operator = or !="),
    ("@duration", "> or >=; quote the condition in a shell"),
    ("@kind>traced", "@kind takes the operator = or !="),
    ("@kind=~trac.*", "@kind takes the operator = or !="),
    ("@kind=exact", "@kind must be traced, sampled or rounded"),
    ("@clock=", "@clock must be wall or cpu"),
    ("@duration>long", "a duration: 250ms, 1s or 1m30s"),
    ("@duration=~1s", "@duration takes the operator =, !=, <, <=, > or >="),
    ("@weight=0", "a number above 0"),
    ("@quality=good", "@quality must be sound, threadsMixed,"),
    ("@quality=sound", "quality flags are not stored yet"),
    ("@quality!=cut", "quality flags are not stored yet"),
  ])
  func `refuses a condition on a property with the reason`(_ text: String, _ reason: String) {
    let error = caught { () throws(QueryError) in _ = try CaptureFilter(parsing: "a=1,\(text)") }
    let message = error?.description ?? ""
    #expect(message.hasPrefix("cannot use the condition '\(text)': "))
    #expect(message.contains(reason), "\(message)")
  }

  @Test(arguments: [
    ("host=a", true), ("host=b", false), ("host!=a", false), ("host!=b", true),
    ("zone=", true), ("zone!=", false), ("zone=x", false), ("zone!=x", true), ("empty=", true),
    ("host=a,empty=", true), ("host=a,zone=x", false), ("", true), ("HOST=a", false),
  ])
  func `matches labels, an absent one being like an empty one`(
    _ text: String,
    _ expected: Bool
  ) throws {
    let labels: Labels = ["host": "a", "empty": ""]
    #expect(try CaptureFilter(parsing: text).matches(labels: labels) == expected)
    #expect(try CaptureFilter(parsing: text).matches(Self.header(labels)) == expected)
  }

  @Test(arguments: [
    ("host=a,host=b", true), ("host=b,host=c", false), ("host=b,zone=z,host=a", true),
    ("host=b,zone=y,host=a", false), ("host=b,host=a,host!=a", false), ("host!=b,host!=c", true),
    ("host!=a,host!=c", false), ("host=a,host=~b", false), ("host=~a,host=~.", true),
  ])
  func `several equalities of one label are alternatives, and all other conditions hold`(
    _ text: String,
    _ expected: Bool
  ) throws {
    let header = Self.header(["host": "a", "zone": "z"])
    #expect(try CaptureFilter(parsing: text).matches(header) == expected)
  }

  @Test(arguments: [
    ("@kind=traced", true), ("@kind=sampled", false), ("@kind=sampled,@kind=traced", true),
    ("@kind!=traced", false), ("@kind!=sampled,@kind!=rounded", true), ("@clock=cpu", false),
    ("@clock!=cpu", true), ("@duration>1s", true), ("@duration>2s", false), ("@duration>=2s", true),
    ("@duration<2s", false), ("@duration<=2s", true), ("@duration=2s", true),
    ("@duration!=2s", false), ("@duration>1s,@duration<3s", true), ("@weight=2.5", true),
    ("@weight>2.5", false), ("@weight>1,@kind=traced,host=a", true),
    ("@weight>1,@kind=traced,host=b", false),
  ])
  func `matches properties`(_ text: String, _ expected: Bool) throws {
    let header = Self.header(["host": "a"], duration: .seconds(2), weight: "2.5")
    #expect(try CaptureFilter(parsing: text).matches(header) == expected)
  }

  @Test(arguments: ["@duration>0s", "@duration=1s", "@duration!=1s", "@duration<=1h"])
  func `no condition holds for a duration that is not known`(_ text: String) throws {
    #expect(try !CaptureFilter(parsing: text).matches(Self.header()))
  }

  @Test func `filters that are put together must both match`() throws {
    let (a, b) = (try CaptureFilter(parsing: "host=a"), try CaptureFilter(parsing: "host=b"))
    #expect(try !a.and(b).matches(Self.header(["host": "a"])))
    #expect(try a.and(CaptureFilter()).matches(Self.header(["host": "a"])))
  }

  @Test func `a store can ask what a filter is about`() throws {
    let filter = try CaptureFilter(parsing: "host=a,@kind!=sampled,@clock=cpu")
    #expect(filter.kinds == [.traced, .rounded] && filter.clocks == [.cpu])
    #expect(filter.hasLabelConditions && !filter.needsSingleCaptures)
    #expect(try CaptureFilter(parsing: "@kind=traced,@kind!=traced").kinds.isEmpty)
    #expect(try CaptureFilter(parsing: "@duration>1s").needsSingleCaptures)
    #expect(try CaptureFilter(parsing: "@weight=1").needsSingleCaptures)
    #expect(try !CaptureFilter(parsing: "@weight=1").hasLabelConditions)
  }

  @Test
  func `without conditions everything matches`() throws {
    #expect(try CaptureFilter().matches(Self.header()))
    #expect(try CaptureFilter().matches(Self.header(["a": "b"])))
    #expect(CaptureFilter().kinds == ProfileKind.allCases)
  }
}
