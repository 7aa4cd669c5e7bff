// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery

extension StoreConformance {
  /// However a store keeps its captures, what it says of many is what each of them says.
  static let sums = [
    StoreConformance("a survey is of the headers of all selected captures") { store in
      let records = try await store.insertSummable() + store.insertOfOtherKinds()
      for selection in selections(of: records) + [.all] {
        for longest in [nil, .zero, .nanoseconds(30_000_090)] as [Duration?] {
          var expected = CaptureSurvey(longestExpected: longest)
          for record in records where try selection.contains(CaptureHeader(record)) {
            expected.add(CaptureHeader(record))
          }
          let survey = try await store.read {
            try await $0.survey(selection, longestExpected: longest)
          }
          try expectEqual(survey, expected, "the survey of \(selection)")
        }
      }
    },
    StoreConformance("sums hold each capture once, and mix nothing that must stay apart") { store in
      let records = try await store.insertSummable()
      for request in requests(over: records) {
        try await store.read { try await expectSums(request, of: records, in: $0) }
      }
    },
    StoreConformance("a plan holds as many captures as are selected") { store in
      let records = try await store.insertSummable()
      for request in requests(over: records) {
        let (plan, survey) = try await store.read {
          (try await $0.plan(request), try await $0.survey(request.selection, longestExpected: nil))
        }
        let captures = plan.steps.reduce(0) { $0 + $1.captures }
        try expectEqual(captures, survey.captures, "captures in the plan of \(request)")
        guard request.resolution == .captures else { continue }
        try expectEqual(plan.steps.allSatisfy { $0.level == .captures }, true, "levels")
      }
    },
    StoreConformance("aliases, if they are known, are the functions of one canonical identity") {
      store in
      _ = try await store.insertSummable()
      try await store.read { try await expectAliases($0) }
    },
  ]

  /// All, some by time, and some by label.
  private static func selections(of records: [Capture]) -> [ProfileSelection] {
    let (since, until) = (records[7].start, records[31].start)
    let endpoint = CaptureFilter([.label(key: "endpoint", .equals("/1"))])
    return [
      ProfileSelection(kind: .traced, clock: .wall),
      ProfileSelection(since: since, until: until, kind: .traced, clock: .wall),
      ProfileSelection(filter: endpoint, kind: .traced, clock: .wall),
      ProfileSelection(since: until, until: since),
    ]
  }

  private static func requests(over records: [Capture]) -> [SumRequest] {
    let slicings = [
      nil, Slicing(width: 3_600_000_000_000),
      Slicing(origin: records[3].start, width: 600_000_000_000), Slicing(width: 1),
    ]
    return selections(of: records).flatMap { selection in
      slicings.flatMap { slicing in
        [nil, "endpoint", "absent"].flatMap { key in
          [SumRequest.Resolution.any, .captures].map { resolution in
            SumRequest(
              selection,
              columns: slicing == nil ? .all : [.selfTimes, .callCounts],
              figure: slicing?.width == 1 ? nil : .duration,
              slicing: slicing,
              labelKey: key,
              resolution: resolution
            )
          }
        }
      }
    }
  }

  /// Where captures of one request may be together.
  private struct Part: Hashable {
    var slice: Int128
    var label: String?

    init(_ request: SumRequest, _ start: Timestamp, _ label: String?) {
      slice = request.slicing?.slice(of: start) ?? 0
      self.label = label
    }
  }

  private static func expectSums(
    _ request: SumRequest,
    of records: [Capture],
    in snapshot: any StoreView
  ) async throws {
    var parts: [Part: [Capture]] = [:]
    for record in records where try request.selection.contains(CaptureHeader(record)) {
      let label = request.labelKey.flatMap { record.labels[$0] }
      parts[Part(request, record.start, label), default: []].append(record)
    }
    var captures: [Part: Int] = [:]
    var figures: [Part: FigureSum] = [:]
    let names = try await snapshot.names(of: request.selection)
    var found: [Part: [Function: [Int128]]] = [:]
    var functionsOfShape: [Int32: [FunctionID]] = [:]
    try await snapshot.forEachSum(request) { sum in
      let part = Part(request, sum.first, sum.labelValue)
      captures[part, default: 0] += sum.captures
      try expectEqual(sum.figure == nil, request.figure == nil, "figures nobody asked for")
      if let figure = sum.figure { figures[part, default: FigureSum()].add(figure) }
      found[part, default: [:]].merge(try sum.values(names)) { zip($0, $1).map { $0 + $1 } }
      guard let shape = sum.shape else { return }
      let known = functionsOfShape.updateValue(sum.figures.functions, forKey: shape)
      try expectEqual(known ?? sum.figures.functions, sum.figures.functions, "shape \(shape)")
    }
    try expectEqual(captures, parts.mapValues(\.count), "captures of each part of \(request)")
    if request.figure != nil {
      let expected = parts.mapValues { records in
        let durations = records.compactMap { $0.duration?.components.attoseconds }
        return FigureSum(
          captures: durations.count,
          // All of them are below a second.
          sum: durations.reduce(0) { $0 + Int128($1) } / 1_000_000_000
        )
      }
      try expectEqual(figures, expected, "the durations of each part of \(request)")
    }
    for (part, records) in parts {
      let expected = NaiveSum(records.map(\.profile)).functions.mapValues { figures in
        let indices = request.columns == .all ? [0, 1, 2, 3] : [0, 2]
        return indices.map { figures.values[$0] }
      }
      try expectEqual(found[part] ?? [:], expected, "the figures of \(part) of \(request)")
    }
  }

  private static func expectAliases(_ snapshot: any StoreView) async throws {
    guard let aliases = try await snapshot.functionAliases() else { return }
    var ids: Set<FunctionID> = []
    try await snapshot.scan(.all, columns: .callCounts) { ids.formUnion($0.figures.functions) }
    var identities: [FunctionID: Function] = [:]
    let names = try await snapshot.names(of: .all)
    for id in ids.union(aliases.keys) {
      let identity = try names.function(id).canonical
      let known = identities.updateValue(identity, forKey: aliases[id] ?? id)
      try expectEqual(known ?? identity, identity, "what \(aliases[id] ?? id) stands for")
    }
    try expectEqual(Set(identities.values).count, identities.count, "identities, each once")
  }
}

extension CaptureSums {
  /// The columns that are there, by function.
  fileprivate func values(_ names: any FunctionNames) throws -> [Function: [Int128]] {
    let columns = [
      figures.callCounts, figures.primitiveCallCounts, figures.selfNanoseconds,
      figures.cumulativeNanoseconds,
    ].filter { !$0.isEmpty }
    var values: [Function: [Int128]] = [:]
    for (row, id) in figures.functions.enumerated() {
      let function = try names.function(id)
      try expectEqual(values[function] == nil, true, "\(function) stands there once")
      values[function] = columns.map { Int128($0[row]) }
    }
    return values
  }
}

extension ProfileStore {
  /// Forty records of one kind and clock, many of them in one hour.
  func insertSummable() async throws -> [Capture] {
    var random = RandomRecords(seed: 21)
    let records = (0..<40).map { number in
      var record = random.record(number * number % 47, .patched, count: 1 + number % 9)
      record.id = ProfileID(given: "summable \(number)")
      (record.kind, record.clock) = (.traced, .wall)
      if number % 7 == 0 { record.labels["endpoint"] = nil }
      return record
    }
    _ = try await insert(records)
    return records
  }

  /// Records of every kind and clock.
  fileprivate func insertOfOtherKinds() async throws -> [Capture] {
    var random = RandomRecords(seed: 22)
    let records = (0..<9).map { random.record($0 * 5 + 1, .nanoseconds, count: 3) }
    _ = try await insert(records)
    return records
  }
}
