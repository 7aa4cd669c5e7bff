// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery

extension SQLiteSnapshot {
  /// Looks at headers alone, and at those of roll-ups where there are any.
  ///
  /// A survey reads no figures, so that roll-ups of any level do, whatever the slices of the question.
  func survey(
    _ selection: ProfileSelection,
    longestExpected: Duration?
  ) throws -> CaptureSurvey {
    try StoreError.translating(path: path) {
      var survey = CaptureSurvey(longestExpected: longestExpected)
      for stream in try streams(of: selection) {
        for piece in try Cover(stream, upTo: .day, self).pieces {
          try add(piece, of: stream, to: &survey)
        }
      }
      return survey
    }
  }

  private func add(
    _ piece: Cover.Piece,
    of stream: CaptureStream,
    to survey: inout CaptureSurvey
  ) throws {
    // No expectation, or one beyond 64 bits, is a duration that no capture exceeds.
    let longest = survey.longestExpected?.nanoseconds ?? .max
    guard case .rollup(let row) = piece else {
      return try forEachCapture(piece, of: stream, blobs: []) { _, capture in
        let start = Timestamp(nanoseconds: capture.start)
        survey.add(
          captures: 1,
          first: start,
          last: start,
          kind: stream.kind,
          clock: stream.clock,
          longCaptures: capture.duration ?? .min > longest ? 1 : 0,
          slices: capture.covers == .slice ? 1 : 0,
          unknownCoverage: capture.covers == .unknown ? 1 : 0
        )
      }
    }
    survey.add(
      captures: row.captureCount,
      first: Timestamp(nanoseconds: row.firstStart),
      last: Timestamp(nanoseconds: row.lastStart),
      kind: stream.kind,
      clock: stream.clock,
      longCaptures: try longCaptures(in: row, of: stream, longest),
      slices: row.sliceCount,
      unknownCoverage: row.unknownCount
    )
  }

  /// How many captures of a roll-up lasted longer; where they are pruned, only that there was one.
  private func longCaptures(
    in row: RollupRow,
    of stream: CaptureStream,
    _ longest: Int64
  ) throws -> Int {
    guard let duration = row.longest, duration > longest else { return 0 }
    // A roll-up knows the longest duration alone. Long captures are rare, so that looking at the captures
    // of the few roll-ups that have one is cheaper than a histogram in each.
    var count = 0
    let captures = try captureQuery(stream, in: row.range)
    try forEachCapture(captures, blobs: []) { _, capture in
      if capture.duration ?? .min > longest { count += 1 }
    }
    return max(count, 1)
  }

  /// Calls `body` with the widest sums that fit the question's slices, and with single captures.
  ///
  /// Captures are counted while they are read, and the count is compared at the end: a separate scan
  /// could see what the pass missed, and costs as much as the pass where only headers are needed.
  func forEachSum(_ request: SumRequest, body: (CaptureSums) throws -> Void) throws {
    try StoreError.translating(path: path) {
      let level = widestLevel(for: request)
      var decoder = FigureDecoder(request.columns, self)
      // Without conditions on labels, the values of a label are all captures together, for which
      // there is one count. With conditions they are a part, and each value is counted by itself.
      guard request.labelKey == nil || request.selection.filter.hasLabelConditions else {
        return try forEachPart(of: request, level, &decoder, body: body)
      }
      for stream in try streams(of: request.selection, labelKey: request.labelKey) {
        let cover = try Cover(uncounted: stream, upTo: level, knowing: request.figures, self)
        var found = 0
        for piece in cover.pieces {
          try forEachSum(piece, of: stream, request.figure, &decoder) { sums in
            found += sums.captures
            try body(sums)
          }
        }
        try cover.checkCount(found: found, upTo: level, self)
      }
    }
  }

  /// The widest roll-ups that may answer a request; nil where only single captures do.
  private func widestLevel(for request: SumRequest) -> RollupLevel? {
    request.resolution == .any ? RollupLevel.widest(within: request.slicing) : nil
  }

  /// Reads all captures of a range, divided by the values of a label.
  ///
  /// There may be thousands of values, so the parts are counted together, not one by one.
  private func forEachPart(
    of request: SumRequest,
    _ level: RollupLevel?,
    _ decoder: inout FigureDecoder,
    body: (CaptureSums) throws -> Void
  ) throws {
    var found: [FigureKind: Int] = [:]
    for stream in try streams(of: request.selection, labelKey: request.labelKey) {
      let cover = try Cover(uncounted: stream, upTo: level, knowing: request.figures, self)
      for piece in cover.pieces {
        try forEachSum(piece, of: stream, request.figure, &decoder) { sums in
          found[FigureKind(kind: stream.kind, clock: stream.clock), default: 0] += sums.captures
          try body(sums)
        }
      }
    }
    for stream in try streams(of: request.selection) {
      let parts = found[FigureKind(kind: stream.kind, clock: stream.clock)] ?? 0
      let whole = try Cover(uncounted: stream, upTo: level, knowing: request.figures, self)
      try whole.checkCount(found: parts, upTo: level, self)
    }
  }

  private func forEachSum(
    _ piece: Cover.Piece,
    of stream: CaptureStream,
    _ figure: Figure?,
    _ decoder: inout FigureDecoder,
    body: (CaptureSums) throws -> Void
  ) throws {
    // The memory of the figures goes to the body and comes back: thousands of captures would otherwise
    // allocate their columns each.
    var spare = FigureVectors()
    guard case .rollup(let rollup) = piece else {
      return try forEachCapture(piece, of: stream, blobs: decoder.blobs) { row, capture in
        var sums = CaptureSums(
          captures: 1,
          first: Timestamp(nanoseconds: capture.start),
          labelValue: stream.labelValue,
          shape: capture.place.shape.flatMap { Int32(exactly: $0) },
          figure: figure.map { FigureSum(capture.value(of: $0)) },
          figures: spare
        )
        spare = FigureVectors()
        try decoder.decode(row, capture.place, into: &sums.figures)
        try body(sums)
        spare = sums.figures
      }
    }
    // A roll-up has no shape: its functions are stored with its figures.
    var sums = CaptureSums(
      captures: rollup.captureCount,
      first: Timestamp(nanoseconds: rollup.firstStart),
      labelValue: stream.labelValue,
      figure: rollup.figure
    )
    // The row has its number of captures and its figure; `sum` is read for columns alone.
    if !decoder.blobs.isEmpty {
      try withSum(of: rollup, blobs: decoder.blobs) { row, place in
        try decoder.decode(row, place, into: &sums.figures)
      }
    }
    try body(sums)
  }

  func plan(_ request: SumRequest) throws -> SumPlan {
    try StoreError.translating(path: path) {
      let level = widestLevel(for: request)
      // The covers are those of the answer, so the plan shows what the answer reads. Nothing is
      // counted: only an answer has to be complete.
      var plan = SumPlan(steps: [])
      for stream in try streams(of: request.selection, labelKey: request.labelKey) {
        let cover = try Cover(uncounted: stream, upTo: level, knowing: request.figures, self)
        for piece in cover.pieces {
          if let step = try step(piece, of: stream) { plan.append(step) }
        }
      }
      return plan
    }
  }

  private func step(_ piece: Cover.Piece, of stream: CaptureStream) throws -> SumPlan.Step? {
    let note = stream.note
    if case .rollup(let row) = piece {
      return SumPlan.Step(
        level: row.level.sumLevel,
        since: Timestamp(nanoseconds: row.start),
        until: Timestamp(nanoseconds: Int64(clamping: row.range.upperBound)),
        sums: 1,
        captures: row.captureCount,
        note: note
      )
    }
    var survey = CaptureSurvey()
    try add(piece, of: stream, to: &survey)
    // Only headers are read: the step says how many captures there are, and from when to when.
    var plan = SumPlan(eachOf: survey)
    guard !plan.steps.isEmpty else { return nil }
    var step = plan.steps.removeFirst()
    if case .late = piece { step.note = "came late" } else { step.note = note }
    return step
  }
}

extension SumRequest {
  /// What roll-ups must know to answer it.
  fileprivate var figures: [Figure] { resolution == .any ? figure.map { [$0] } ?? [] : [] }
}

extension CaptureStream {
  /// Which captures these are, in words.
  fileprivate var note: String? {
    labelValue
  }
}

extension SumPlan {
  /// Appends a step, or makes the last one longer.
  fileprivate mutating func append(_ step: Step) {
    // A month of hours is one line of the plan. Single captures stay apart, for their steps
    // end with the last capture and not with a slice.
    guard var last = steps.last, last.level == step.level, last.note == step.note,
      step.level != .captures, last.until == step.since
    else { return steps.append(step) }
    last.until = step.until
    last.sums += step.sums
    last.captures += step.captures
    steps[steps.count - 1] = last
  }
}

#endif
