// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// A comparison made ready to draw: a diverging bar for each function, in two parts.
struct ComparisonModel {
  /// Why self time changed; the first two are right of the zero line, the others left of it.
  enum Cause: CaseIterable {
    case slowerCalls, moreCalls, fasterCalls, fewerCalls

    /// Whether it made the after side slower.
    var isWorse: Bool { self == .slowerCalls || self == .moreCalls }

    var words: String {
      switch self {
      case .slowerCalls: "slower calls"
      case .moreCalls: "more calls"
      case .fasterCalls: "faster calls"
      case .fewerCalls: "fewer calls"
      }
    }
  }

  /// A part of a bar: a cause, and how many nanoseconds it explains, with their sign.
  struct Part {
    let cause: Cause
    let nanoseconds: Double
  }

  /// The bar and the figures of one function, or of all that have none of their own.
  struct Row {
    let name: SeriesName
    /// The name where there is room, which no other row has.
    let title: String
    /// On which sides the function is known; nil for what stands for several.
    let presence: FunctionChange.Presence?
    let difference: ProfileDifference

    /// The change of self time in nanoseconds.
    var change: Double { difference.selfTime.change?.finite ?? 0 }

    /// The parts of the bar from the zero line outwards, on either side of it.
    var parts: [Part] {
      let (slower, more) = (difference.slowerCalls.finite ?? 0, difference.moreCalls.finite ?? 0)
      return [
        Part(cause: slower < 0 ? .fasterCalls : .slowerCalls, nanoseconds: slower),
        Part(cause: more < 0 ? .fewerCalls : .moreCalls, nanoseconds: more),
      ].filter { $0.nanoseconds != 0 }
    }

    /// How far the bar reaches to both sides.
    var ends: (low: Double, high: Double) {
      parts.reduce((0, 0)) { ends, part in
        (ends.0 + min(0, part.nanoseconds), ends.1 + max(0, part.nanoseconds))
      }
    }

    /// `+` or `-` for what one side lacks, as in a difference of texts.
    var mark: String {
      switch presence {
      case .appeared: "+"
      case .vanished: "-"
      case .both, nil: ""
      }
    }
  }

  /// The functions in their order, then the others together.
  let rows: [Row]
  /// How far the bars reach to the left, as a number that is not positive.
  let minimum: Double
  /// How far the bars reach to the right.
  let maximum: Double

  init(_ comparison: ProfileComparison) {
    let functions = comparison.functions.map { SeriesName($0.function, comparison.grouping) }
    let names = functions + [SeriesName(words: Self.others(of: comparison))]
    let titles = names.shortened(to: SeriesName.longest)
    var rows = comparison.functions.enumerated().map { index, change in
      Row(
        name: names[index],
        title: titles[index],
        presence: change.presence,
        difference: change.difference
      )
    }
    if comparison.otherCount > 0 {
      rows.append(
        Row(
          name: names[rows.count],
          title: titles[rows.count],
          presence: nil,
          difference: comparison.other
        )
      )
    }
    self.rows = rows
    let ends = rows.map(\.ends)
    minimum = ends.map(\.low).min() ?? 0
    maximum = ends.map(\.high).max() ?? 0
  }

  /// What stands for the functions without rows of their own.
  private static func others(of comparison: ProfileComparison) -> String {
    let count = comparison.otherCount
    return count == 1 ? "1 other function" : "\(count.grouped) other functions"
  }

  /// The causes that occur, for the legend.
  var causes: [Cause] {
    Cause.allCases.filter { cause in
      rows.contains { $0.parts.contains { $0.cause == cause } }
    }
  }

  /// What the marks mean, as far as they occur.
  var marks: [String] {
    [(FunctionChange.Presence.appeared, "+ appeared"), (.vanished, "- vanished")]
      .filter { mark in rows.contains { $0.presence == mark.0 } }.map(\.1)
  }

  var isEmpty: Bool { rows.isEmpty }
}

extension ComparisonModel.Cause {
  /// Orange for worse and blue for better; the time of calls is darker than their number.
  ///
  /// All stay apart for people with any of the three colour blindnesses; a test measures it.
  var color: ChartColor {
    switch self {
    case .slowerCalls: ChartColor(0xd95f02)
    case .moreCalls: ChartColor(0xfdb462)
    case .fasterCalls: ChartColor(0x2b6cc4)
    case .fewerCalls: ChartColor(0x8fc1f5)
    }
  }

  /// The colour of numbers, which must be read on light and on dark.
  static func ink(of change: Double) -> ChartColor? {
    change > 0 ? ChartColor(0xe0701a) : change < 0 ? Palette.accent : nil
  }
}

extension SeriesName {
  /// The name of a compared function; without a line where functions are grouped without it.
  init(_ function: Function, _ grouping: ProfileComparison.Matching) {
    switch grouping {
    case .function: self.init(function)
    case .name: self.init(withoutLine: function)
    }
  }
}
