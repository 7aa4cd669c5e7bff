// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore
import StrataQuery

// Libraries say what is wrong; which option helps is known here alone.

extension QueryError {
  /// The error as a user of the command reads it: what is wrong, and what to do.
  var sentence: String {
    advice.map { "\(self): \($0)" } ?? "\(self)"
  }

  private var advice: String? {
    switch self {
    case .badFilter, .badProperty, .pattern, .badWidth, .noWholeProfiles, .newFunction: nil
    case .mixedKinds(let kinds):
      "choose one with --where @kind=\(kinds.first?.rawValue ?? "traced")"
    case .mixedClocks(let clocks):
      "choose one with --where @clock=\(clocks.first?.rawValue ?? "wall")"
    case .capturesOfSlices:
      "choose captures of single calls with --where, or query sums or per-call metrics "
        + "(slices --metric cumulative-per-call)"
    case .meaningless(let combination): combination.advice
    case .tooManySlices:
      "choose wider slices with --every, or a shorter range with --since and --until"
    case .tooManyValues: "name fewer series with --top, or choose wider slices with --every"
    case .tooManyInputs: "choose one label with --key, or fewer captures with --where"
    case .weightedSumTooLarge:
      "exclude that capture with --since, --until or --where, or omit --weighted"
    case .inconsistentStore: "check the store with 'strata store verify'"
    case .prunedCaptures(let time, let level):
      "start later, with --since \(time.iso8601)\(level.advice)"
    case .figureUnknown(_, let time): "start later, with --since \(time.iso8601)"
    }
  }
}

extension QueryError.Combination {
  fileprivate var advice: String {
    switch self {
    case .cumulativeTime: "use --metric self, or --by function"
    case .cumulativeTimeOfAll(let grouping):
      "choose one function with --function to group it by \(grouping)"
    case .figureOfCaptures: "use --by label:KEY or --by all"
    case .functionsOfCaptures: "omit --function"
    case .count, .ratio: "omit --stat"
    case .weights: "use --stat sum or mean, or omit --weighted"
    }
  }
}

extension StoreError {
  /// The error as a user of the command reads it: with the command that helps.
  var sentence: String {
    switch code {
    case .damaged: "\(self) (strata store verify)"
    case .olderVersion: "\(self) (strata store upgrade)"
    default: "\(self)"
    }
  }
}

extension SumLevel {
  /// What can be asked of sums of the level, as an inset.
  fileprivate var advice: String {
    guard width != nil else { return "" }
    return ", or query only what sums by \(rawValue) can answer: ranges of whole \(rawValue)s, at "
      + "most one label, --every 1\(rawValue.prefix(1)) or a multiple of it, and sums or means "
      + "without weights"
  }
}

extension [Warning.Code: String] {
  /// What can be done about the warnings of results.
  static let options: Self = [
    .functionsMoved: "--by name ignores line numbers",
    .capturesDiffer: "--stat mean divides by their number",
  ]
}
#endif
