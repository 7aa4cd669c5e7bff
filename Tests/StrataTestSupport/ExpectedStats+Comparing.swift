// SPDX-License-Identifier: Apache-2.0

package import StrataCore

extension ExpectedStats {
  /// The first way in which a profile is not what CPython reads; nil if it is, bit for bit.
  package func difference(from profile: StatsProfile) -> String? {
    if profile.totalCalls != totalCalls { return "\(profile.totalCalls) calls, not \(totalCalls)" }
    if profile.primitiveCalls != primitiveCalls {
      return "\(profile.primitiveCalls) primitive calls, not \(primitiveCalls)"
    }
    if profile.totalTime.bitPattern != totalTime.bitPattern {
      return "the total time is \(profile.totalTime), not \(totalTime)"
    }
    let found = profile.functions
    if found.count != count { return "\(found.count) functions, not \(count)" }
    for (position, function, callerCount) in functions {
      var row = found[position]
      if row.callers.count != callerCount {
        return "\(row.function) has \(row.callers.count) callers"
      }
      row.callers = Array(row.callers.prefix(function.callers.count))
      // Equal numbers may differ in the sign of zero, their texts do not.
      if row != function || "\(row)" != "\(function)" {
        return "function \(position): expected \(function), found \(row)"
      }
    }
    if let digest, digest != Self.digest(of: profile) { return "the digest differs" }
    return nil
  }

  /// The digest of a profile, as `digest_format` in the corpus says.
  private static func digest(of profile: StatsProfile) -> String {
    let names = profile.functionTable.map { function in
      "\u{1f}".utf8 + escaped(function.file) + "\u{1f}\(function.line)\u{1f}".utf8
        + escaped(function.name)
    }
    var text: [UInt8] = []
    for row in profile.rows {
      let figures = profile.statistics(of: row)
      text += "F".utf8 + names[Int(row.function)]
      text +=
        "\u{1f}\(figures.primitiveCallCount)\u{1f}\(figures.callCount)\(times(figures))\n".utf8
      for edge in profile.edges[row.edgeRange] {
        switch profile.figures(of: edge) {
        case .full(let figures):
          text += "C".utf8 + names[Int(edge.caller)]
          text += "\u{1f}\(figures.callCount)\u{1f}\(figures.primitiveCallCount)".utf8
          text += "\(times(figures))\n".utf8
        case .countOnly(let count):
          text += "c".utf8 + names[Int(edge.caller)] + "\u{1f}\(count)\n".utf8
        }
      }
    }
    return SHA256.hexadecimal(text)
  }

  private static func times(_ figures: CallStatistics) -> String {
    [figures.selfTime, figures.cumulativeTime].map { time in
      let digits = String(time.bitPattern, radix: 16)
      return "\u{1f}" + String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }.joined()
  }

  /// A text as Python's `surrogateescape` encodes it: U+DC80 to U+DCFF as the bytes they stand for.
  private static func escaped(_ text: ByteString) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = 0
    let source = text.bytes
    while index < source.count {
      if source[index] == 0xed, index + 2 < source.count, [0xb2, 0xb3].contains(source[index + 1]) {
        bytes.append((source[index + 1] & 0x03) << 6 | source[index + 2] & 0x3f)
        index += 3
      } else {
        bytes.append(source[index])
        index += 1
      }
    }
    return bytes
  }
}
