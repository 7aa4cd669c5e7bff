// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Writes profiles as dumps that every CPython from 2.7 to 3.13 loads with equal statistics.
///
/// Only the forms that all of them read are used (marshal version 2, without references, texts as
/// Unicode), so the dumps are larger than those of cProfile. Source: `w_object` in CPython's
/// `Python/marshal.c`.
public struct PstatsWriter: Sendable {
  private var bytes: [UInt8] = []

  /// The dump of a profile: its functions in order, each with its figures and callers.
  ///
  /// - Complexity: O(*n*) in the functions and callers.
  public static func dump(_ profile: StatsProfile) -> [UInt8] {
    var writer = PstatsWriter()
    let keys = profile.functionTable.functions.map(Self.key)
    writer.bytes.append(MarshalCode.dict)
    for row in profile.rows {
      writer.bytes += keys[Int(row.function)]
      writer.entry(row, of: profile, keys)
    }
    writer.bytes.append(MarshalCode.null)
    return writer.bytes
  }

  private init() {}

  /// `(file, line, name)`.
  private static func key(_ function: Function) -> [UInt8] {
    var writer = PstatsWriter()
    writer.tuple(3)
    writer.text(function.file)
    writer.integer(Int128(function.line))
    writer.text(function.name)
    return writer.bytes
  }

  /// `(cc, nc, tt, ct, callers)`.
  private mutating func entry(
    _ row: StatsProfile.Row,
    of profile: StatsProfile,
    _ keys: [[UInt8]]
  ) {
    let figures = profile.statistics(of: row)
    tuple(5)
    integer(figures.primitiveCallCount)
    integer(figures.callCount)
    float(figures.selfTime)
    float(figures.cumulativeTime)
    bytes.append(MarshalCode.dict)
    for edge in profile.edges[row.edgeRange] {
      bytes += keys[Int(edge.caller)]
      switch profile.figures(of: edge) {
      case .countOnly(let count): integer(count)
      case .full(let figures): caller(figures)
      }
    }
    bytes.append(MarshalCode.null)
  }

  /// `(nc, cc, tt, ct)`: the counts are in the reverse order.
  private mutating func caller(_ figures: CallStatistics) {
    tuple(4)
    integer(figures.callCount)
    integer(figures.primitiveCallCount)
    float(figures.selfTime)
    float(figures.cumulativeTime)
  }

  private mutating func tuple(_ count: Int32) {
    bytes.append(MarshalCode.tuple)
    append(count)
  }

  private mutating func text(_ text: ByteString) {
    bytes.append(MarshalCode.unicode)
    append(Int32(text.bytes.count))
    bytes += text.bytes
  }

  private mutating func float(_ value: Double) {
    bytes.append(MarshalCode.float)
    append(value.bitPattern)
  }

  /// A whole number: in 32 bits, or in digits of 15 bits where it has more.
  private mutating func integer(_ value: Int128) {
    if let small = Int32(exactly: value) {
      bytes.append(MarshalCode.int32)
      return append(small)
    }
    var digits: [UInt16] = []
    var rest = value.magnitude
    while rest > 0 {
      digits.append(UInt16(rest & 0x7fff))
      rest >>= 15
    }
    bytes.append(MarshalCode.long)
    append(Int32(value < 0 ? -digits.count : digits.count))
    for digit in digits { append(digit) }
  }

  /// The bytes of a number, the lowest first.
  private mutating func append(_ value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
