// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

struct JSONWriterTests {
  private static func text(_ body: (inout JSONWriter) -> Void) -> String {
    var json = JSONWriter()
    body(&json)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  private static func parsed(_ body: (inout JSONWriter) -> Void) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(text(body).utf8), options: .fragmentsAllowed)
  }

  @Test
  func `writes objects and arrays with commas between`() {
    let text = Self.text { json in
      json.object { json in
        json.field("a", 1)
        json.array("b") { json in
          json.value(1)
          json.array { _ in }
          json.object { _ in }
          json.null()
          json.value(true)
        }
        json.object("c") { $0.field("d", false) }
        json.null("e")
      }
    }
    #expect(text == #"{"a":1,"b":[1,[],{},null,true],"c":{"d":false},"e":null}"#)
  }

  @Test
  func `elements and documents may stand on lines of their own`() {
    let array = Self.text { json in
      json.array { json in
        for number in 1...2 {
          json.newline()
          json.value(number)
        }
      }
    }
    #expect(array == "[\n1,\n2]")
    let documents = Self.text { json in
      for number in 1...2 {
        json.object { $0.field("n", number) }
        json.endDocument()
      }
    }
    #expect(documents == "{\"n\":1}\n{\"n\":2}\n")
  }

  @Test
  func `any text comes back through Foundation`() throws {
    let scalars =
      (0...0x2ff).map { $0 } + [
        0x7ff, 0x800, 0x2028, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x1f600, 0x10ffff,
      ]
    let text = String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
    #expect(try Self.parsed { $0.value(text) } as? String == text)
    #expect(try Self.parsed { $0.value(ByteString(text)) } as? String == text)
    let object = try Self.parsed { $0.object { $0.field(text, text) } } as? [String: String]
    #expect(object?[text] == text)
  }

  @Test(arguments: [
    ("\"\\/", #""\"\\/""#), ("\0\u{1}\u{1f}\u{7f}", #""\u0000\u0001\u001f\u007f""#),
    ("\n\r\t", #""\u000a\u000d\u0009""#), ("</script>", #""</script>""#), ("é", "\"é\""),
  ])
  func `escapes what JSON wants escaped`(_ text: String, _ expected: String) {
    #expect(Self.text { $0.value(text) } == expected)
  }

  @Test
  func `lone surrogates are escaped`() {
    for unit in UInt16(0xd800)...0xdfff {
      let encoded = [0xe0 | unit >> 12, 0x80 | unit >> 6 & 0x3f, 0x80 | unit & 0x3f].map(UInt8.init)
      let text = Self.text { $0.value(ByteString([0x61] + encoded + [0x62])) }
      #expect(text == "\"a\\u\(String(unit, radix: 16))b\"")
    }
    let pair: [UInt8] = [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]
    #expect(Self.text { $0.value(ByteString(pair)) } == #""\ud83d\ude00""#)
  }

  @Test
  func `what is next to the surrogates is not escaped`() {
    #expect(Self.text { $0.value("\u{d7ff}\u{e000}\u{d000}") } == "\"\u{d7ff}\u{e000}\u{d000}\"")
  }

  @Test(
    arguments: [
      [0xed, 0xa0], [0xed, 0xa0, 0x22], [0xed, 0xa0, 0x0a], [0xed, 0xa0, 0x41],
      [0xed, 0xed, 0xa0, 0x80],
      [0xed, 0xc3, 0xa9], [0xed, 0xa0, 0xed, 0xa0, 0x80],
    ] as [[UInt8]]
  )
  func `a broken surrogate does not break the text around it`(_ bytes: [UInt8]) throws {
    var json = JSONWriter()
    json.array { json in
      json.value(ByteString(bytes))
      json.value("after")
    }
    let repaired = String(decoding: json.bytes, as: UTF8.self)
    let value = try JSONValue(parsing: Array(repaired.utf8)[...])
    #expect(try value.elements.count == 2)
    #expect(try value.elements.last?.text == "after")
  }

  @Test
  func `bytes that are no UTF-8 are escaped as Python's surrogateescape has them`() throws {
    for (bytes, expected) in [
      ([0x61, 0xFF, 0x62], #""a\udcffb""#), ([0xC3], #""\udcc3""#),
      ([0xED, 0xA0], #""\udced\udca0""#),
      ([0xF4, 0x90, 0x80, 0x80], #""\udcf4\udc90\udc80\udc80""#),
      ([0xC0, 0x80], #""\udcc0\udc80""#),
    ] as [([UInt8], String)] {
      #expect(Self.text { $0.value(ByteString(bytes)) } == expected)
    }
  }

  @Test
  func `a terminal that shows the text has nothing to obey`() {
    for value in 0...(0x10FFFF as UInt32) {
      guard let scalar = Unicode.Scalar(value), scalar.controlsDisplay else { continue }
      let units = String(scalar).utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
      let expected = "\"a\(units.joined())b\""
      #expect(Self.text { $0.value("a\(scalar)b") } == expected)
      #expect(Self.text { $0.value(ByteString("a\(scalar)b")) } == expected)
    }
    #expect(Self.text { $0.value("é\u{A0}日本\u{1F600}") } == "\"é\u{A0}日本\u{1F600}\"")
  }

  @Test
  func `the text is handed on in pieces, which are the whole`() {
    var (json, whole) = (JSONWriter(), JSONWriter())
    var pieces: [[UInt8]] = []
    json.array { json in
      for number in 0..<100_000 {
        json.value(number)
        json.pass { pieces.append($0) }
      }
    }
    json.pass(to: { pieces.append($0) }, always: true)
    whole.array { for number in 0..<100_000 { $0.value(number) } }
    #expect(Array(pieces.joined()) == whole.bytes)
    #expect(pieces.count > 5 && json.bytes.isEmpty)
  }

  @Test
  func `whole numbers have all their digits`() {
    let text = Self.text { json in
      json.array { json in
        json.value(Int128.max)
        json.value(Int128.min)
        json.value(UInt8(7))
        json.value(-1)
      }
    }
    #expect(
      text == "[170141183460469231731687303715884105727,"
        + "-170141183460469231731687303715884105728,7,-1]"
    )
  }

  @Test(
    arguments: [
      (0.1, "0.1"), (0.5, "0.5"), (1, "1.0"), (-0.0, "-0.0"), (1e22, "1e+22"), (1e-7, "1e-07"),
      (8.204800000000001e-05, "8.204800000000001e-05"), (.leastNonzeroMagnitude, "5e-324"),
      (1.7976931348623157e308, "1.7976931348623157e+308"),
      (.nan, "\"nan\""), (-.nan, "\"nan\""), (.infinity, "\"inf\""), (-.infinity, "\"-inf\""),
      (Double(nan: 5, signaling: false), "\"nan\""), (.signalingNaN, "\"nan\""),
    ] as [(Double, String)]
  )
  func `numbers have the shortest digits`(_ number: Double, _ expected: String) {
    #expect(Self.text { $0.value(number) } == expected)
    #expect(Self.text { $0.object { $0.field("n", number) } } == "{\"n\":\(expected)}")
  }

  @Test
  func `any finite number comes back bit for bit`() throws {
    var random = SeededGenerator(seed: 6)
    for _ in 0..<2_000 {
      let number = Double(bitPattern: random.next())
      guard number.isFinite else { continue }
      var json = JSONWriter()
      json.value(number)
      // Foundation's own parser is some ulp off.
      #expect(try JSONValue(parsing: json.bytes[...]).double.bitPattern == number.bitPattern)
    }
  }

  @Test
  func `a value of a series is whole where it can be`() {
    let text = Self.text { json in
      json.array { json in
        json.value(MetricValue(12, dividedBy: 4))
        json.value(MetricValue(1, dividedBy: 4))
        json.value(MetricValue(1, dividedBy: 0))
      }
      json.endDocument()
      json.object { json in
        json.field("a", MetricValue(-7))
        json.field("b", MetricValue(1, dividedBy: 0))
      }
    }
    #expect(text == "[3,0.25,null]\n{\"a\":-7,\"b\":null}")
  }
}
