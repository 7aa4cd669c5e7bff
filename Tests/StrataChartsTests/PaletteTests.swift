// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

@testable import StrataCharts

struct PaletteTests {
  @Test func `a function has the same colour in every run`() {
    let keys = Samples.functions.map(SeriesKey.function)
    #expect(
      Palette.colors(for: keys).map(\.css).joined(separator: " ")
        == "#6f9202 #f86e70 #f9b5ff #bf3f73 #addc55"
    )
  }

  @Test func `the order of the series does not matter`() {
    let keys = Samples.functions.map(SeriesKey.function)
    let colors = Dictionary(uniqueKeysWithValues: zip(keys, Palette.colors(for: keys)))
    for turned in [keys.reversed(), Array(keys[2...] + keys[..<2])] {
      #expect(Palette.colors(for: turned) == turned.map { colors[$0] })
    }
  }

  @Test func `as many series as colours have all of them`() {
    let colors = Palette.colors(for: keys(Palette.colors.count))
    #expect(Set(colors) == Set(Palette.colors))
  }

  @Test(arguments: [13, 20, 40, 100])
  func `neighbours in a stack differ`(count: Int) {
    let colors = Palette.colors(for: keys(count))
    #expect(zip(colors, colors.dropFirst()).allSatisfy { $0 != $1 })
  }

  @Test func `a line that moves keeps its colour`() {
    var moved = Samples.functions[0]
    moved.line += 3
    #expect(
      SeriesKey.function(moved).stableHash == SeriesKey.function(Samples.functions[0]).stableHash
    )
  }

  @Test(arguments: ColorVision.allCases)
  func `all colours stay apart`(vision: ColorVision) {
    let colors = (Palette.colors + [Palette.other]).map(vision.seen)
    for left in colors.indices {
      for right in colors.indices where left < right {
        #expect(distance(colors[left], colors[right]) > 0.07, "\(left) and \(right)")
      }
    }
  }

  @Test(arguments: ColorVision.allCases)
  func `worse and better, time and number of calls stay apart`(vision: ColorVision) {
    let colors = ComparisonModel.Cause.allCases.map { vision.seen($0.color) }
    for left in colors.indices {
      for right in colors.indices where left < right {
        #expect(distance(colors[left], colors[right]) > 0.15, "\(left) and \(right)")
      }
    }
    let inks = [1.0, -1.0].compactMap { ComparisonModel.Cause.ink(of: $0).map(vision.seen) }
    #expect(distance(inks[0], inks[1]) > 0.15)
  }

  @Test(
    arguments: Palette.colors + [Palette.other] + ComparisonModel.Cause.allCases.map(\.color)
  )
  func `each colour stands out on white and on dark`(color: ChartColor) {
    let luminance = color.luminance
    #expect(1.05 / (luminance + 0.05) > 1.5)
    #expect((luminance + 0.05) / (ChartColor(0x14171c).luminance + 0.05) > 2.5)
  }

  @Test(
    arguments: [(0x000000, 16), (0xffffff, 231), (0x9aa0a6, 247), (0xff0000, 196)]
      as [(UInt32, Int)]
  )
  func `the nearest of 256 colours`(hex: UInt32, index: Int) {
    #expect(ChartColor(hex).ansi256 == index)
  }

  private func keys(_ count: Int) -> [SeriesKey] {
    (0..<count).map { .function(Samples.function("/srv/app/\($0 % 7).py", $0, "f\($0)")) }
  }

  private func distance(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }
}

/// How people see colours: Machado, Oliveira and Fernandes 2009, at full severity.
enum ColorVision: CaseIterable {
  case normal, protan, deutan, tritan

  /// A colour as it is seen, in OKLab, where distances are about what the eye tells apart.
  func seen(_ color: ChartColor) -> [Double] {
    let rgb = color.linear
    let seen = matrix.map { row in max(0, zip(row, rgb).reduce(0) { $0 + $1.0 * $1.1 }) }
    let cones = [
      [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ].map { row in zip(row, seen).reduce(0) { $0 + $1.0 * $1.1 }.cubeRoot }
    return [
      [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.8086757660],
    ].map { row in zip(row, cones).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  private var matrix: [[Double]] {
    switch self {
    case .normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    case .protan:
      [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ]
    case .deutan:
      [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ]
    case .tritan:
      [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
      ]
    }
  }
}

extension ChartColor {
  fileprivate var linear: [Double] {
    [red, green, blue].map { component in
      let value = Double(component) / 255
      // The curve of sRGB as a polynomial (C. Hable), so that no `pow` is needed.
      return value * (value * (value * 0.305306011 + 0.682171111) + 0.012522878)
    }
  }

  fileprivate var luminance: Double {
    zip([0.2126, 0.7152, 0.0722], linear).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension Double {
  /// Newton's steps, from above.
  fileprivate var cubeRoot: Double {
    guard self > 0 else { return 0 }
    return (0..<40).reduce(1.0) { root, _ in (2 * root + self / (root * root)) / 3 }
  }
}
