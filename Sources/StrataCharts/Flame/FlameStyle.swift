// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The look of flame graphs: tints of the palette on which names can be read, on light and on dark.
///
/// The classes of frames are short, since a picture has thousands of them; the rules hold only
/// inside a flame graph.
enum FlameStyle {
  /// What no module has: built-ins.
  static let builtin = Palette.colors.count
  /// The class of what is not drawn.
  static let hidden = "h"

  /// The class of an exact frame in a colour of the palette.
  static func exact(_ color: Int) -> String { "e\(color)" }

  /// The class of an apportioned frame.
  static func apportioned(_ color: Int) -> String { "a\(color)" }

  /// A scheme of colours: the ground that tints are mixed with, and the ink on them.
  struct Scheme {
    let paper: ChartColor
    let ink: ChartColor
    let hidden: ChartColor
    /// How much of the palette is in the frames.
    let exactPart: Double
    let apportionedPart: Double

    /// The colour of a frame.
    func tint(_ color: Int, isExact: Bool) -> ChartColor {
      let full = color == FlameStyle.builtin ? Palette.other : Palette.colors[color]
      return full.mixed(with: paper, part: isExact ? exactPart : apportionedPart)
    }
  }

  static let light = Scheme(
    paper: ChartColor(0xffffff),
    ink: ChartColor(0x1f2328),
    hidden: ChartColor(0xe6e8eb),
    exactPart: 0.74,
    apportionedPart: 0.34
  )

  static let dark = Scheme(
    paper: ChartColor(0x14171c),
    ink: ChartColor(0xf0f2f4),
    hidden: ChartColor(0x2a2f36),
    exactPart: 0.48,
    apportionedPart: 0.26
  )

  static var rules: String {
    """
    .strata-row text{font-family:\(SVGStyle.nameFonts);font-size:11px;pointer-events:none}
    .strata-row [class^=e]+text{font-weight:600}
    .strata-off{display:none}
    .strata-above{opacity:.55}
    .strata-live .strata-row rect,.strata-button{cursor:pointer}
    .strata-current{stroke-width:2}
    .strata-hit{stroke-width:1}
    .strata-searching .strata-row rect:not(.strata-hit){opacity:.3}
    .strata-flame:focus{outline:none}

    """ + rules(light) + "@media (prefers-color-scheme:dark){\n\(rules(dark))}\n"
      + "@media print{\n\(rules(light))}\n"
  }

  private static func rules(_ scheme: Scheme) -> String {
    let ink = scheme.ink.css
    var rules = """
      .strata-row text,.strata-button text{fill:\(ink)}
      .strata-current,.strata-hit{stroke:\(ink)}
      .strata-flame .\(hidden),.strata-button rect{fill:\(scheme.hidden.css)}

      """
    for color in 0...builtin {
      rules += """
        .strata-flame .\(exact(color)){fill:\(scheme.tint(color, isExact: true).css)}
        .strata-flame .\(apportioned(color)){fill:\(scheme.tint(color, isExact: false).css)}

        """
    }
    return rules
  }
}

/// Which class each frame has: a colour for its module, the same in every picture.
struct FlameStyles {
  private var colors: [ByteString: Int] = [:]

  mutating func style(of node: CallTree.Node) -> String {
    let own = node.function.map { color(of: $0) } ?? FlameStyle.builtin
    return node.isMeasured ? FlameStyle.exact(own) : FlameStyle.apportioned(own)
  }

  private mutating func color(of function: Function) -> Int {
    guard !function.isBuiltin else { return FlameStyle.builtin }
    if let known = colors[function.file] { return known }
    let color = Palette.ownIndex(of: .module(function.module))
    colors[function.file] = color
    return color
  }
}

extension CallTree.Node {
  /// Whether the dump says as much of this place, but for a hundredth where it contradicts itself.
  var isMeasured: Bool {
    guard let measuredTime else { return false }
    let difference = Double(measuredTime.count) - Double(cumulativeTime.count)
    return isCumulativeTimeExact || difference.magnitude <= 0.01 * Double(cumulativeTime.count)
  }
}

extension ChartColor {
  /// A part of the colour on a ground.
  fileprivate func mixed(with ground: ChartColor, part: Double) -> ChartColor {
    func mix(_ color: UInt8, _ ground: UInt8) -> UInt32 {
      UInt32((Double(color) * part + Double(ground) * (1 - part)).rounded())
    }
    return ChartColor(
      mix(red, ground.red) << 16 | mix(green, ground.green) << 8 | mix(blue, ground.blue)
    )
  }
}
