// SPDX-License-Identifier: Apache-2.0

/// A colour of a chart, the same in every output.
struct ChartColor: Hashable {
  let red: UInt8
  let green: UInt8
  let blue: UInt8

  /// Creates a colour from `0xRRGGBB`.
  init(_ hex: UInt32) {
    red = UInt8(truncatingIfNeeded: hex >> 16)
    green = UInt8(truncatingIfNeeded: hex >> 8)
    blue = UInt8(truncatingIfNeeded: hex)
  }

  /// The colour in CSS and SVG: `#4269d0`.
  var css: String {
    let digits = String(UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue), radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
  }

  /// The nearest colour of the cube of 6 × 6 × 6 that terminals with 256 colours have.
  var ansi256: Int {
    let steps = [red, green, blue].map { component in
      Self.levels.indices.min { distance(component, $0) < distance(component, $1) } ?? 0
    }
    return 16 + steps.reduce(0) { $0 * 6 + $1 }
  }

  private static let levels = [0, 95, 135, 175, 215, 255]

  private func distance(_ component: UInt8, _ level: Int) -> Int {
    abs(Int(component) - Self.levels[level])
  }
}
