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

  /// The nearest of the 240 fixed colours of terminals with 256: a cube and a ramp of greys.
  var ansi256: Int {
    let cube = [red, green, blue].map { component in
      Self.levels.indices.min { gap(component, Self.levels[$0]) < gap(component, Self.levels[$1]) }
        ?? 0
    }
    let grey = max(0, min(23, ((Int(red) + Int(green) + Int(blue)) / 3 - 3) / 10))
    let isGrey =
      distance(to: Array(repeating: 8 + 10 * grey, count: 3))
      < distance(to: cube.map { Self.levels[$0] })
    return isGrey ? 232 + grey : 16 + cube.reduce(0) { $0 * 6 + $1 }
  }

  private static let levels = [0, 95, 135, 175, 215, 255]

  private func distance(to color: [Int]) -> Int {
    zip([red, green, blue], color).reduce(0) { $0 + gap($1.0, $1.1) * gap($1.0, $1.1) }
  }

  private func gap(_ component: UInt8, _ level: Int) -> Int {
    abs(Int(component) - level)
  }
}
