// SPDX-License-Identifier: Apache-2.0

extension StatsProfile {
  /// What the figures themselves say against being taken at face value.
  ///
  /// Profiles from samples are left alone: their counts are not calls.
  ///
  /// - Complexity: O(*n*) in the functions and callers.
  public var suspicions: [Warning] {
    ProfileExamination(self).warnings
  }
}

/// Looks through a profile for figures that cannot be what they seem.
private struct ProfileExamination {
  private let profile: StatsProfile
  private let isInCycle: [Bool]
  /// The cumulative time of the edges that leave each function.
  private let timeOfCallees: [Double]

  init(_ profile: StatsProfile) {
    self.profile = profile
    isInCycle = CallCycles(profile).isInCycle
    var times = [Double](repeating: 0, count: profile.functionTable.count)
    for edge in profile.edges { times[Int(edge.caller)] += edge.figures.cumulativeTime }
    timeOfCallees = times
  }

  var warnings: [Warning] {
    var warnings: [Warning] = []
    func add(
      _ warning: (Int, Function) -> Warning,
      where applies: (StatsProfile.Row) -> Bool
    ) {
      guard let first = profile.rows.first(where: applies) else { return }
      let count = profile.rows.count(where: applies)
      warnings.append(warning(count, profile.functionTable[Int(first.function)]))
    }
    add(Warning.figuresLost) { isOutsideCycles($0) && hasSharedLabel($0) }
    add(Warning.threadsMixed) { isOutsideCycles($0) && countsRecursion($0) }
    add(Warning.negativeTimes, where: \.figures.hasNegativeTime)
    add(Warning.timesWithoutValue, where: \.figures.hasTimeWithoutValue)
    if let addresses { warnings.append(addresses) }
    return warnings
  }

  private func isOutsideCycles(_ row: StatsProfile.Row) -> Bool {
    !isInCycle[Int(row.function)]
  }

  /// Whether what a function called took longer than it did itself.
  ///
  /// cProfile keeps one entry for each file, line and name. Of two functions that share them (two
  /// lambdas on a line, code that is executed twice) the later entry replaces the earlier, while the
  /// edges to what they called are summed over both.
  private func hasSharedLabel(_ row: StatsProfile.Row) -> Bool {
    let figures = row.figures
    let callees = timeOfCallees[Int(row.function)]
    let excess = figures.selfTime + callees - figures.cumulativeTime
    // Times are rounded one by one; a nanosecond, or a millionth, is no evidence.
    return callees > 0 && excess > max(1e-9, 1e-6 * figures.cumulativeTime.magnitude)
  }

  /// Whether a function has recursive calls that no edges lead back to.
  ///
  /// From Python 3.12 on one profile receives the calls of all threads, on one stack.
  private func countsRecursion(_ row: StatsProfile.Row) -> Bool {
    guard row.edgeCount > 0 else { return false }
    let figures = profile.statistics(of: row)
    return figures.callCount > figures.primitiveCallCount
  }

  /// How many names hold an address, and how many functions occur several times because of it.
  private var addresses: Warning? {
    var canonical: Set<Function> = []
    var (count, repeated) = (0, 0)
    var example: Function?
    for row in profile.rows where profile.functionTable.namesAddress(Int(row.function)) {
      let function = profile.functionTable[Int(row.function)]
      let same = function.canonical
      guard same != function else { continue }
      count += 1
      if !canonical.insert(same).inserted { repeated += 1 }
      example = example ?? function
    }
    return example.map { .addresses(count: count, repeated: repeated, example: $0) }
  }
}

extension CompactFigures {
  fileprivate var hasNegativeTime: Bool { selfTime < 0 || cumulativeTime < 0 }
  fileprivate var hasTimeWithoutValue: Bool { !selfTime.isFinite || !cumulativeTime.isFinite }
}
