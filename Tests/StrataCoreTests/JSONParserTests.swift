// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

struct JSONParserTests {
  private static func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue {
    try JSONValue(parsing: Array(text.utf8)[...])
  }

  /// A value in one line, so that values can be compared.
  private static func show(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .number(let digits): "#\(digits)"
    case .string(let text): "'\(text)'"
    case .array(let elements): "[" + elements.map(show).joined(separator: " ") + "]"
    case .object(let fields):
      "{" + fields.map { "\($0.key):\(show($0.value))" }.joined(separator: " ") + "}"
    }
  }

  @Test(arguments: [
    ("null", "null"), (" true ", "true"), ("false\n", "false"), ("0", "#0"), ("-0", "#-0"),
    ("-12.50e+03", "#-12.50e+03"), ("1E5", "#1E5"), ("1e-5", "#1e-5"), ("\"\"", "''"),
    ("[]", "[]"), ("[ ]", "[]"), ("{}", "{}"), ("{ }", "{}"),
    ("[1,[2,{\"a\":[]}]]", "[#1 [#2 {a:[]}]]"),
    (" { \"a\" : 1 , \"b\" : [ true , null ] } \r\n\t", "{a:#1 b:[true null]}"),
    (#""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC""#, "'\"\\/\u{8}\u{c}\n\r\tA\u{e9}\u{20ac}'"),
    (#""\ud83d\ude00""#, "'\u{1f600}'"), ("\"\u{7f}\u{2028}é\"", "'\u{7f}\u{2028}é'"),
    ("1767603600.771000000000000001", "#1767603600.771000000000000001"),
    ("123456789012345678901234567890", "#123456789012345678901234567890"),
  ])
  func `reads what RFC 8259 allows`(_ text: String, _ expected: String) throws {
    #expect(Self.show(try Self.parse(text)) == expected)
  }

  @Test(arguments: [
    ("", 0), (" ", 1), ("nul", 0), ("True", 0), ("nan", 0), ("Infinity", 0), ("-", 1), ("+1", 0),
    ("01", 2), ("-01", 3), (".5", 0), ("1.", 2), ("1.e5", 2), ("1e", 2), ("1e+", 3), ("0x10", 1),
    ("1 2", 2), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("[1", 2), ("]", 0), ("{\"a\"}", 4),
    ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{'a':1}", 1), ("{\"a\":1 \"b\":2}", 7),
    ("{1:2}", 1), ("\"", 1), ("\"a", 2), ("\"\n\"", 1), ("\"\t\"", 1), ("\"\\x\"", 2),
    ("\"\\", 2), ("\"\\u12\"", 5), ("\"\\u12g4\"", 5), ("\"\\ud800\\u12\"", 11), ("[] []", 3),
    ("//", 0), ("\u{feff}1", 0), ("{\"a\":1}}", 7), ("truefalse", 4), ("\u{a0}1", 0),
  ])
  func `refuses what RFC 8259 forbids, with the offset`(_ text: String, _ offset: Int) {
    let error = caught { () throws(JSONSyntaxError) in _ = try Self.parse(text) }
    #expect(error?.offset == offset, "\(text): \(String(describing: error))")
  }

  @Test(arguments: ["\\ud800", "a\\udc80", "\\udc00\\ud800"])
  func `a key with lone surrogates is refused, and a text with them is not`(_ text: String) throws {
    let error = caught { () throws(JSONSyntaxError) in
      _ = try Self.parse("{\"a\": {\"\(text)\": 1}}")
    }
    #expect(error?.offset == 7)
    #expect(error?.expected == "a key in UTF-8, without lone surrogates")
    #expect(try Self.parse("{\"a\": \"\(text)\"}").kind == "an object")
  }

  @Test
  func `the offset counts from the start of the slice`() {
    let bytes = Array("xxxx[1 2]".utf8)
    let error = caught { () throws(JSONSyntaxError) in _ = try JSONValue(parsing: bytes[4...]) }
    #expect(error?.offset == 3)
  }

  @Test(arguments: ["[", "{\"a\":"])
  func `values nest 32 deep and no deeper`(_ open: String) throws {
    let close = open == "[" ? "]" : "}"
    func nested(_ depth: Int) -> String {
      let inner = open == "[" ? "" : "1"
      return String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
    }
    // The innermost number of objects is a value, too.
    let limit = open == "[" ? 32 : 31
    _ = try Self.parse(nested(limit))
    let error = caught { () throws(JSONSyntaxError) in _ = try Self.parse(nested(limit + 1)) }
    #expect(error?.expected == "at most 32 nested values")
    #expect(caught { () throws(JSONSyntaxError) in _ = try Self.parse(nested(1_000_000)) } != nil)
  }

  @Test(arguments: [
    #"{"file": "a.prof", "timestamp": "1767603600.771", "labels": {"endpoint": "sé\u0041rch"}}"#,
    #"[1,-2.5e3,true,false,null,"\ud83d\ude00\n",{"a":[],"b":{}}]"#,
    #""text \\ with \" quotes""#,
  ])
  func `every prefix is refused`(_ text: String) throws {
    _ = try Self.parse(text)
    let bytes = Array(text.utf8)
    for count in bytes.indices {
      let error = caught { () throws(JSONSyntaxError) in _ = try JSONValue(parsing: bytes[..<count])
      }
      #expect(error != nil, "\(count) bytes were read")
      #expect((error?.offset ?? 0) <= count)
    }
  }

  @Test
  func `a changed byte is read or refused, never a crash`() {
    let bytes = Array(#"{"a":[1,-2.5e3,"\ud83d\ude00é",{"b":null}],"c":"d"}"#.utf8)
    var random = SeededGenerator(seed: 8)
    for _ in 0..<5_000 {
      var changed = bytes
      changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(
        in: 0...255,
        using: &random
      )
      _ = caught { () throws(JSONSyntaxError) in _ = try JSONValue(parsing: changed[...]) }
    }
  }

  @Test(
    arguments: [
      (#""\udc80""#, [0xed, 0xb2, 0x80]), (#""\ud800""#, [0xed, 0xa0, 0x80]),
      (#""\ud800x""#, [0xed, 0xa0, 0x80, 0x78]), (#""\ud800\u0041""#, [0xed, 0xa0, 0x80, 0x41]),
      (#""\ud800\ud800\udc00""#, [0xed, 0xa0, 0x80, 0xf0, 0x90, 0x80, 0x80]),
      (#""\udc00\ud800""#, [0xed, 0xb0, 0x80, 0xed, 0xa0, 0x80]),
      (#""\u0000""#, [0]), (#""\uffff""#, [0xef, 0xbf, 0xbf]),
    ] as [(String, [UInt8])]
  )
  func `lone surrogates are kept`(_ text: String, _ bytes: [UInt8]) throws {
    #expect(try Self.parse(text).text == ByteString(bytes))
    var json = JSONWriter()
    json.value(ByteString(bytes))
    #expect(try JSONValue(parsing: json.bytes[...]).text == ByteString(bytes))
  }

  @Test
  func `of a repeated key the last one counts`() throws {
    let value = try Self.parse(#"{"a":1,"b":2,"a":3}"#)
    #expect(try value.field("a").digits == "3")
    #expect(value["c"] == nil)
    #expect(try Self.parse("[1]")["a"] == nil)
  }

  @Test(arguments: [
    ("null", "null"), ("true", "a boolean"), ("1", "a number"), ("\"\"", "a string"),
    ("[]", "an array"), ("{}", "an object"),
  ])
  func `a value says what it is`(_ text: String, _ kind: String) throws {
    #expect(try Self.parse(text).kind == kind)
  }
}
