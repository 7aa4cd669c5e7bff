// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The slices of a question: half-open intervals of one width, side by side.
struct SliceGrid {
  /// How many slices a result may have.
  static let maximumCount = 1_000_000

  /// All slices of the width.
  let slicing: Slicing
  /// The number of the first slice of the grid among them.
  private let first: Int128
  /// How many slices there are.
  let count: Int

  /// Lays slices over all captures of a survey.
  ///
  /// - Throws: ``QueryError`` where there would be too many.
  init(_ query: SliceQuery, over survey: CaptureSurvey) throws(QueryError) {
    guard let width = query.every.nanoseconds, width > 0 else { throw .badWidth }
    guard let first = survey.first, let last = survey.last else {
      (slicing, self.first, count) = (Slicing(width: width), 0, 0)
      return
    }
    let origin = query.alignment == .first ? first : Timestamp(nanoseconds: 0)
    slicing = Slicing(origin: origin, width: width)
    self.first = slicing.slice(of: first)
    let slices = slicing.slice(of: last) - self.first + 1
    guard slices <= Self.maximumCount else {
      throw .tooManySlices(count: Int(clamping: slices), limit: Self.maximumCount)
    }
    count = Int(slices)
  }

  /// The slice in which a capture started.
  ///
  /// - Throws: ``QueryError/inconsistentStore(reason:)`` for one outside of the range surveyed.
  @inline(__always)
  func index(of time: Timestamp) throws(QueryError) -> Int {
    let index = slicing.slice(of: time) - first
    guard index >= 0, index < count else {
      throw .inconsistentStore(
        reason: "a capture started at \(time.iso8601), outside the range found first"
      )
    }
    return Int(index)
  }

  /// The start of a slice.
  func start(of index: Int) -> Timestamp {
    Timestamp(nanoseconds: Int64(clamping: exactStart(of: index)))
  }

  /// Whether a slice reaches beyond what was observed: at its start or at its end.
  ///
  /// The observed range is the one asked for where it has an end, else that of the captures.
  func isPartial(_ index: Int, _ selection: ProfileSelection, _ survey: CaptureSurvey) -> Bool {
    let from = selection.since ?? survey.first
    let end = selection.until.map { Int128($0.nanoseconds) }
    if index == 0, let from, exactStart(of: 0) < Int128(from.nanoseconds) { return true }
    guard index == count - 1, let to = end ?? survey.last.map({ Int128($0.nanoseconds) + 1 })
    else { return false }
    return to < exactStart(of: index + 1)
  }

  private func exactStart(of index: Int) -> Int128 {
    slicing.start(of: first + Int128(index))
  }
}
