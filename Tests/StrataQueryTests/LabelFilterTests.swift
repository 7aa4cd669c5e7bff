// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import Testing

/// Conditions without regular expressions; those have suites of their own.
struct LabelFilterTests {
  private typealias Condition = LabelFilter.Condition

  @Test(
    arguments: [
      ("endpoint=/search", [.init(key: "endpoint", .equals("/search"))]),
      ("a=1,b!=2", [.init(key: "a", .equals("1")), .init(key: "b", .differs("2"))]),
      ("a=", [.init(key: "a", .equals(""))]),
      ("a!=", [.init(key: "a", .differs(""))]),
      ("", []),
      (",a=1,,", [.init(key: "a", .equals("1"))]),
      ("a=1=2!=3", [.init(key: "a", .equals("1=2!=3"))]),
      (#"a=1\,2"#, [.init(key: "a", .equals("1,2"))]),
      (#"a=1\\,b=2"#, [.init(key: "a", .equals(#"1\"#)), .init(key: "b", .equals("2"))]),
      (#"a=c:\\d"#, [.init(key: "a", .equals(#"c:\d"#))]),
      (#"a=c:\d"#, [.init(key: "a", .equals(#"c:\d"#))]),
      (#"a=1\"#, [.init(key: "a", .equals(#"1\"#))]),
      ("é=ü", [.init(key: "é", .equals("ü"))]),
      (" a = 1 ", [.init(key: " a ", .equals(" 1 "))]),
    ] as [(String, [LabelFilter.Condition])]
  )
  func `reads conditions`(_ text: String, _ expected: [LabelFilter.Condition]) throws {
    #expect(try LabelFilter(parsing: text).conditions == expected)
  }

  @Test(arguments: ["a", "=1", "!=1", "a!1", "a!", "a=1,b", "~", "a~1"])
  func `refuses what is no condition, and names it`(_ text: String) {
    let bad = text.split(separator: ",").last.map(String.init) ?? ""
    let error = caught { () throws(QueryError) in _ = try LabelFilter(parsing: text) }
    #expect(error == .badFilter(bad))
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
    #expect(try LabelFilter(parsing: text).matches(["host": "a", "empty": ""]) == expected)
  }

  @Test
  func `without conditions everything matches`() throws {
    #expect(try LabelFilter().matches([:]))
    #expect(try LabelFilter().matches(["a": "b"]))
  }
}
