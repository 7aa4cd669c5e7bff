// SPDX-License-Identifier: Apache-2.0

/// A text to read: 2,000 small objects, 130 kB.
enum JSONSample {
  static let bytes: [UInt8] = {
    let objects = (0..<2_000).map { number in
      #"{"id": \#(number), "name": "user \#(number)", "tags": ["a", "b", true, null], "score": 0.\#(number)}"#
    }
    return Array("[\(objects.joined(separator: ", "))]".utf8)
  }()
}

/// Reads JSON and counts its values, a function for each kind; it believes what it reads.
final class JSONReader<P: Probe> {
  private let probe: P
  private let bytes: [UInt8]
  private var position = 0

  init(probe: P, _ bytes: [UInt8]) {
    (self.probe, self.bytes) = (probe, bytes)
  }

  func count() -> Int { value() }

  @inline(never)
  private func value() -> Int {
    probe.call("value") {
      skip()
      switch bytes[position] {
      case UInt8(ascii: "{"): return members(until: UInt8(ascii: "}"))
      case UInt8(ascii: "["): return members(until: UInt8(ascii: "]"))
      case UInt8(ascii: "\""): return string()
      default: return word()
      }
    }
  }

  /// Keys count as values.
  @inline(never)
  private func members(until end: UInt8) -> Int {
    probe.call("members") {
      position += 1
      var count = 1
      while true {
        skip()
        if bytes[position] == end { break }
        count += value()
      }
      position += 1
      return count
    }
  }

  @inline(never)
  private func string() -> Int {
    probe.call("string") {
      position += 1
      while bytes[position] != UInt8(ascii: "\"") { position += 1 }
      position += 1
      return 1
    }
  }

  @inline(never)
  private func word() -> Int {
    probe.call("word") {
      while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
      return 1
    }
  }

  private func skip() {
    while isSpace(bytes[position]) { position += 1 }
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":")
  }

  private func isEnd(_ byte: UInt8) -> Bool {
    isSpace(byte) || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
  }
}
