// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Sums captures by label value, function by function.
struct InputTotals {
  /// How many sums may be held: label values × functions, of 32 bytes each.
  private static let maximumCells = 4_000_000

  /// The self time and calls of each function, by its group.
  private struct InputSums {
    var selfTimes: [Nanoseconds.Sum] = []
    var calls: [Int128] = []
    var captures = 0

    mutating func add(group: Int32, selfTime: Nanoseconds, calls count: Int64) {
      // Grown as groups are met: captures of one value need not run all functions.
      let missing = Int(group) + 1 - selfTimes.count
      if missing > 0 {
        selfTimes += repeatElement(.zero, count: missing)
        calls += repeatElement(0, count: missing)
      }
      selfTimes[Int(group)] += selfTime
      calls[Int(group)] += Int128(count)
    }

    func side(of group: Int) -> ChangeSplit.Side {
      let isKnown = selfTimes.indices.contains(group)
      return ChangeSplit.Side(
        selfTime: isKnown ? selfTimes[group] : .zero,
        calls: isKnown ? calls[group] : 0,
        captures: Int128(captures)
      )
    }
  }

  /// A label value, or the absence of one.
  private struct Input: Hashable {
    var key: String
    var value: String?
  }

  private let query: InputQuery
  /// The labels to compare, each once; nil for all that captures have.
  private let keys: [String]?
  private var grouper: SeriesGrouper
  private var all = InputSums()
  private var sums: [InputSums] = []
  private var inputs: [Input] = []
  private var numbers: [Input: Int] = [:]
  /// The self time of each capture.
  private var captureTimes: [Nanoseconds.Sum] = []
  /// The labels of each capture.
  private var captureLabels: [Labels] = []

  init(_ query: InputQuery, in view: any StoreView) async throws {
    self.query = query
    keys = query.keys?.distinct
    grouper = try await SeriesGrouper(
      // For its grouping of functions alone: there are no slices here, so any width will do.
      SliceQuery(
        query.selection,
        every: .seconds(1),
        functions: query.functions,
        stripsDirectories: query.stripsDirectories
      ),
      in: view
    )
  }

  mutating func add(_ vectors: ProfileVectors) throws {
    let labels = vectors.header.labels
    let numbers = inputs(of: labels).map { number(of: $0) }
    var time = Nanoseconds.Sum.zero
    all.captures += 1
    for number in numbers { sums[number].captures += 1 }
    for (index, function) in vectors.figures.functions.enumerated() {
      let group = try grouper.group(of: function)
      guard group >= 0 else { continue }
      let selfTime = Nanoseconds(vectors.figures.selfNanoseconds[index])
      let calls = vectors.figures.callCounts[index]
      time += selfTime
      all.add(group: group, selfTime: selfTime, calls: calls)
      for number in numbers { sums[number].add(group: group, selfTime: selfTime, calls: calls) }
    }
    captureTimes.append(time)
    captureLabels.append(labels)
    try checkSize()
  }

  private func checkSize() throws(QueryError) {
    let cells = sums.count * grouper.count
    guard cells <= Self.maximumCells else {
      throw .tooManyInputs(count: inputs.count, functions: grouper.count)
    }
  }

  /// What a capture counts for, each once, however often its labels say the same.
  private func inputs(of labels: Labels) -> [Input] {
    guard let keys else {
      return labels.pairs.map { Input(key: $0.key, value: $0.value) }.distinct
    }
    return keys.map { Input(key: $0, value: labels[$0]) }
  }

  private mutating func number(of input: Input) -> Int {
    if let known = numbers[input] { return known }
    numbers[input] = inputs.count
    inputs.append(input)
    sums.append(InputSums())
    return inputs.count - 1
  }

  // MARK: - Comparison

  /// The values of all labels, the one that took most time first.
  mutating func comparison(
    kind: ProfileKind?,
    clock: ProfileClock?
  ) throws -> InputComparison {
    // Sorted once. Parted in this order, both sides of each comparison are sorted as well.
    let order = captureTimes.indices.sorted { captureTimes[$0] < captureTimes[$1] }
    let series = try (0..<Int32(grouper.count)).map { try grouper.key(of: $0) }
    let compared = inputs.indices.map { compare($0, order: order, series) }
    let keys = keys ?? Set(inputs.map(\.key)).sorted()
    var warnings: [Warning] = []
    for key in keys where !captureLabels.contains(where: { $0[key] != nil }) && !order.isEmpty {
      warnings.append(.labelUnknown(key))
    }
    return InputComparison(
      keys: keys,
      captures: captureTimes.count,
      selfTime: captureTimes.reduce(.zero, +),
      kind: kind,
      clock: clock,
      inputs: compared.sorted(by: Self.costsMore),
      warnings: warnings
    )
  }

  private static func costsMore(
    _ left: InputComparison.Input,
    _ right: InputComparison.Input
  ) -> Bool {
    if left.distribution.sum != right.distribution.sum {
      return left.distribution.sum > right.distribution.sum
    }
    return (left.key, left.value ?? "") < (right.key, right.value ?? "")
  }

  private func compare(
    _ number: Int,
    order: [Int],
    _ series: [SeriesKey]
  ) -> InputComparison.Input {
    let input = inputs[number]
    var (with, without): ([Nanoseconds.Sum], [Nanoseconds.Sum]) = ([], [])
    for capture in order {
      if captureLabels[capture][input.key] == input.value {
        with.append(captureTimes[capture])
      } else {
        without.append(captureTimes[capture])
      }
    }
    return InputComparison.Input(
      key: input.key,
      value: input.value,
      distribution: InputComparison.Distribution(sorted: with),
      rest: InputComparison.Distribution(sorted: without),
      functions: differences(sums[number], series)
    )
  }

  private func differences(
    _ input: InputSums,
    _ series: [SeriesKey]
  ) -> [InputComparison.FunctionDifference] {
    // A value that all captures have is compared with nothing.
    guard input.captures < all.captures else { return [] }
    var differences: [InputComparison.FunctionDifference] = []
    for (group, key) in series.enumerated() {
      guard case .function(let function) = key else { continue }
      let side = input.side(of: group)
      // What the other captures took is not kept: it is the remainder, exact in whole numbers.
      let rest = all.side(of: group).subtracting(side)
      let difference = InputComparison.FunctionDifference(
        function: function,
        side: side,
        rest: rest
      )
      if difference.split.change != .zero { differences.append(difference) }
    }
    differences.sort {
      let (left, right) = ($0.split.change.count.magnitude, $1.split.change.count.magnitude)
      // By name where changes are equal, so that an answer does not depend on numbers of groups.
      return left == right ? $0.function < $1.function : left > right
    }
    return Array(differences.prefix(query.topFunctions ?? differences.count))
  }
}

extension ChangeSplit.Side {
  fileprivate func subtracting(_ part: ChangeSplit.Side) -> ChangeSplit.Side {
    ChangeSplit.Side(
      selfTime: selfTime - part.selfTime,
      calls: calls - part.calls,
      captures: captures - part.captures
    )
  }
}

extension InputComparison.Distribution {
  /// The figures of the self times of captures.
  fileprivate init(sorted times: [Nanoseconds.Sum]) {
    func percentile(_ percent: Int) -> Nanoseconds.Sum? {
      times.isEmpty ? nil : times[max(1, (times.count * percent + 99) / 100) - 1]
    }
    self.init(
      captures: times.count,
      sum: times.reduce(.zero, +),
      p50: percentile(50),
      p95: percentile(95)
    )
  }
}

extension Array where Element: Hashable {
  /// The elements without repetitions; texts that Unicode considers equivalent are one.
  fileprivate var distinct: [Element] {
    guard count > 1 else { return self }
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
