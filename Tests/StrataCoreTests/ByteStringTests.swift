// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import Testing

struct ByteStringTests {
  @Test
  func `canonically equivalent texts are different`() {
    let composed: ByteString = "caf\u{e9}"
    let decomposed: ByteString = "cafe\u{301}"
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(decomposed < composed)
  }

  @Test
  func `the order is the order of code points`() {
    let scalars: [UInt32] = [0, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff]
    let texts = scalars.compactMap(Unicode.Scalar.init).map { ByteString(String($0)) }
    #expect(texts.shuffled().sorted() == texts)
  }

  @Test
  func `a prefix comes first`() {
    #expect(("ab" as ByteString) < "abc")
    #expect(("" as ByteString) < "a")
    #expect(!(("a" as ByteString) < "a"))
  }

  @Test
  func `a lone surrogate stays in the bytes and is shown as a replacement`() {
    let text = ByteString([0x61, 0xed, 0xb2, 0x80, 0x62])
    #expect(text.bytes == [0x61, 0xed, 0xb2, 0x80, 0x62])
    #expect(text.string.unicodeScalars.contains("\u{fffd}"))
    #expect(text != ByteString(text.string))
  }

  @Test
  func `control characters stay`() {
    let text = ByteString("a\0b\r\nc")
    #expect(text.string == "a\0b\r\nc")
    #expect(text.description == text.string)
  }

  @Test
  func `only a text without bytes is empty`() {
    #expect(ByteString([]).isEmpty)
    #expect(!ByteString([0]).isEmpty)
  }
}
