// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The code points of names, as CPython 3.13's `unicodedata.lookup` finds them for `\N{...}`.
enum CharacterNames {
  /// The code point of a name or alias; letters may have any case.
  ///
  /// - Complexity: O(1), but for the first call, which collects all names (25 ms, 9 MB).
  static func scalar(named name: String) -> Unicode.Scalar? {
    guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    if let scalar = computed(name) { return scalar }
    return listed[name.uppercased()]
  }

  /// The names that follow a rule, which CPython knows in upper case alone.
  private static func computed(_ name: String) -> Unicode.Scalar? {
    if name.hasPrefix("HANGUL SYLLABLE ") {
      return hangul[name]
    }
    let prefix = "CJK UNIFIED IDEOGRAPH-"
    guard name.hasPrefix(prefix), let value = UInt32(name.dropFirst(prefix.count), radix: 16),
      let scalar = Unicode.Scalar(value), scalar.isInUnicode15
    else { return nil }
    // CPython takes four or five digits, so that a zero may stand before four.
    let digits = String(value, radix: 16, uppercase: true)
    let isName = [prefix + digits, prefix + "0" + digits].contains(name) && digits.utf8.count >= 4
    return isName && scalar.properties.name == prefix + digits ? scalar : nil
  }

  private static let hangul = names(in: [0xAC00...0xD7A3])

  /// All other names.
  ///
  /// Ideographs have computed ones or, as those of Tangut, none that CPython knows.
  private static let listed: [String: Unicode.Scalar] = {
    let ranges: [ClosedRange<UInt32>] = [
      0...0x33FF, 0x4DC0...0x4DFF, 0xA000...0xABFF, 0xD7B0...0xD7FF, 0xF900...0xFFFF,
      0x10000...0x16FFF,
      0x18800...0x18CFF, 0x1AFF0...0x1FBFF, 0x2F800...0x2FA1F, 0xE0000...0xE01EF,
    ]
    var listed = names(in: ranges)
    for line in aliases.split(separator: "\n") {
      for entry in line.split(separator: "|") {
        let parts = entry.split(separator: "=")
        guard let scalar = UInt32(parts[0], radix: 16).flatMap(Unicode.Scalar.init) else {
          continue
        }
        for alias in parts[1].split(separator: ";") { listed[String(alias)] = scalar }
      }
    }
    for number: UInt32 in 1...256 {
      listed["VS\(number)"] = Unicode.Scalar(number <= 16 ? 0xFDFF + number : 0xE00EF + number)
    }
    return listed
  }()

  private static func names(in ranges: [ClosedRange<UInt32>]) -> [String: Unicode.Scalar] {
    var names: [String: Unicode.Scalar] = [:]
    for scalar in ranges.joined().lazy.compactMap(Unicode.Scalar.init) where scalar.isInUnicode15 {
      if let name = scalar.properties.name { names[name] = scalar }
    }
    return names
  }
}
