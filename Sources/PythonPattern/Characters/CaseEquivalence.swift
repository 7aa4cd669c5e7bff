// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Which code points match each other whatever their case.
///
/// CPython lowers both sides by code point and adds lower-case letters that share an upper case, so
/// `s` matches `ſ` and `k` the Kelvin sign. That is the same as comparing the full upper case of
/// the lower case: checked for every code point. `ß` and `SS` do not match each other.
enum CaseEquivalence {
  /// All code points that match one, itself included.
  static func codePoints(equivalentTo value: UInt32, isASCII: Bool) -> [UInt32] {
    guard isASCII else { return classes[value] ?? [value] }
    let isLetter = (0x41...0x5A).contains(value) || (0x61...0x7A).contains(value)
    return isLetter ? [value, value ^ 0x20] : [value]
  }

  /// Ranges and all code points that match one of theirs.
  static func closure(
    of ranges: [ClosedRange<UInt32>],
    isASCII: Bool
  ) -> [ClosedRange<UInt32>] {
    let set = CodePointSet(ranges: ranges)
    let cased = isASCII ? asciiLetters : casedCodePoints
    let added = cased.filter(set.contains).flatMap { value in
      codePoints(equivalentTo: value, isASCII: isASCII)
    }
    return ranges + added.map { $0...$0 }
  }

  /// A code point as backreferences compare it: `K` and `k` are one, `s` and `ſ` are two.
  static func folded(_ value: UInt32, _ folding: PatternFolding) -> UInt32 {
    if value < 0x80 {
      return folding != .none && (0x41...0x5A).contains(value) ? value | 0x20 : value
    }
    guard folding == .unicode, let scalar = Unicode.Scalar(value), scalar.isInUnicode15 else {
      return value
    }
    return (scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar).value
  }

  private static let asciiLetters = Array(0x41...0x5A) + Array(0x61...0x7A as ClosedRange<UInt32>)
  private static let casedCodePoints = classes.keys.sorted()

  /// The scripts with case; ideographs and syllables, which have none, take long to look through.
  private static let scripts: [ClosedRange<UInt32>] = [
    0...0x2FFF, 0xA000...0xABFF, 0xFB00...0x11FFF, 0x16000...0x16FFF, 0x1D000...0x1FFFF,
  ]

  /// The classes of more than one member, by each of their members.
  private static let classes: [UInt32: [UInt32]] = {
    var members: [[UInt32]: [UInt32]] = [:]
    for value in scripts.joined() {
      guard let key = key(of: value) else { continue }
      members[key, default: []].append(value)
    }
    var classes: [UInt32: [UInt32]] = [:]
    for group in members.values where group.count > 1 {
      for value in group { classes[value] = group }
    }
    return classes
  }()

  /// The full upper case of the simple lower case, if there is case at all.
  private static func key(of value: UInt32) -> [UInt32]? {
    guard let scalar = Unicode.Scalar(value), scalar.isInUnicode15 else { return nil }
    let properties = scalar.properties
    guard properties.changesWhenLowercased || properties.changesWhenUppercased else { return nil }
    let lower = properties.lowercaseMapping.unicodeScalars.first ?? scalar
    return lower.properties.uppercaseMapping.unicodeScalars.map(\.value)
  }
}
