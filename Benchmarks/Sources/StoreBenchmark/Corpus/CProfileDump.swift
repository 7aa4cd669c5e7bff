// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Writes dumps in the form of `cProfile.Profile.dump_stats`: marshal version 4, texts and small
/// numbers once, and references to them.
///
/// The package's own writer uses the forms that every CPython reads, which take more than twice the
/// room: sizes could not be compared with those of real dumps. Source: `w_object` in CPython's
/// `Python/marshal.c`, and `create_stats` in `Lib/cProfile.py`.
struct CProfileDump {
  private static let firstTime: UInt8 = 0x80
  private static let dict = UInt8(ascii: "{")
  private static let null = UInt8(ascii: "0")
  private static let smallTuple = UInt8(ascii: ")")
  private static let integer = UInt8(ascii: "i")
  private static let float = UInt8(ascii: "g")
  private static let reference = UInt8(ascii: "r")
  private static let shortASCII = UInt8(ascii: "z")
  private static let unicode = UInt8(ascii: "u")

  /// A function: the numbers of its texts, and its line.
  private struct Key {
    let file: Int
    let line: Int64
    let name: Int
  }

  private var texts: [[UInt8]] = []
  private var keys: [Key] = []
  /// For each text, and for each number that CPython keeps one object of, its reference; -1 if none.
  private var textReferences: [Int32] = []
  private var integerReferences: [Int32] = []
  private var references: Int32 = 0
  private var bytes: [UInt8] = []

  init(functions: [Function]) {
    var numbers: [ByteString: Int] = [:]
    for function in functions {
      let places = [function.file, function.name].map { text in
        let number = numbers[text, default: texts.count]
        if number == texts.count {
          numbers[text] = number
          texts.append(text.bytes)
        }
        return number
      }
      keys.append(Key(file: places[0], line: Int64(function.line), name: places[1]))
    }
    textReferences = Array(repeating: -1, count: texts.count)
  }

  /// The dump of a variation.
  mutating func dump(
    _ variation: ProfileVariation,
    of base: BaseProfile,
    in arrangement: Arrangement
  ) -> [UInt8] {
    forget()
    bytes.append(Self.dict)
    for (row, edges) in zip(arrangement.rows, arrangement.edges) where variation.isKept[row] {
      key(base.rows[row].function)
      let figures = variation.rows[row]
      tuple(5)
      write(figures.primitives, figures.calls, figures)
      bytes.append(Self.dict)
      for edge in edges where variation.isKept[base.edges[edge].caller] {
        key(base.rows[base.edges[edge].caller].function)
        let figures = variation.edges[edge]
        tuple(4)
        // The counts of callers stand the other way round.
        write(figures.calls, figures.primitives, figures)
      }
      bytes.append(Self.null)
    }
    bytes.append(Self.null)
    return bytes
  }

  private mutating func forget() {
    for index in textReferences.indices { textReferences[index] = -1 }
    integerReferences = Array(repeating: -1, count: 257)
    references = 0
    bytes.removeAll(keepingCapacity: true)
  }

  private mutating func key(_ function: Int32) {
    let key = keys[Int(function)]
    tuple(3)
    text(key.file)
    write(key.line)
    text(key.name)
  }

  private mutating func tuple(_ count: UInt8) {
    bytes.append(Self.smallTuple)
    bytes.append(count)
  }

  private mutating func text(_ number: Int) {
    guard textReferences[number] < 0 else { return refer(to: textReferences[number]) }
    textReferences[number] = references
    references += 1
    let text = texts[number]
    if text.count < 256, text.allSatisfy({ $0 < 0x80 }) {
      bytes.append(Self.shortASCII | Self.firstTime)
      bytes.append(UInt8(text.count))
    } else {
      bytes.append(Self.unicode | Self.firstTime)
      append(Int32(text.count))
    }
    bytes += text
  }

  private mutating func write(_ first: Int64, _ second: Int64, _ figures: BaseProfile.Figures) {
    write(first)
    write(second)
    write(seconds: figures.selfTime)
    write(seconds: figures.cumulative)
  }

  private mutating func write(_ value: Int64) {
    guard (0...256).contains(value) else {
      bytes.append(Self.integer)
      return append(Int32(clamping: value))
    }
    guard integerReferences[Int(value)] < 0 else {
      return refer(to: integerReferences[Int(value)])
    }
    integerReferences[Int(value)] = references
    references += 1
    bytes.append(Self.integer | Self.firstTime)
    append(Int32(value))
  }

  /// As `_lsprof` makes seconds of nanoseconds.
  private mutating func write(seconds nanoseconds: Int64) {
    bytes.append(Self.float)
    append((Double(nanoseconds) * 1e-9).bitPattern)
  }

  private mutating func refer(to object: Int32) {
    bytes.append(Self.reference)
    append(object)
  }

  /// The bytes of a number, the lowest first.
  private mutating func append(_ value: some FixedWidthInteger) {
    var rest = value
    for _ in 0..<value.bitWidth / 8 {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }
}
