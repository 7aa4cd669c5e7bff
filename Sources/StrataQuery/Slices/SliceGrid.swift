// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The slices of a question: half-open intervals of one width, side by side.
struct SliceGrid {
  /// How many slices a result may have.
  static let maximumCount = 1_000_000

  /// The width of a slice in nanoseconds.
  let width: Int64
  /// The start of the first slice, which may be before the first time that a timestamp can hold.
  private let start: Int128
  /// How many slices there are.
  let count: Int

  /// Lays slices over all captures of a survey.
  ///
  /// - Throws: ``QueryError`` where there would be too many.
  init(_ query: SliceQuery, over survey: CaptureSurvey) throws(QueryError) {
    guard let width = query.every.nanoseconds, width > 0 else { throw .badWidth }
    self.width = width
    guard let first = survey.first?.nanoseconds, let last = survey.last?.nanoseconds else {
      (start, count) = (0, 0)
      return
    }
    let origin = query.alignment == .first ? first : 0
    start = Self.start(of: first, origin: origin, width: width)
    let slices = (Int128(last) - start) / Int128(width) + 1
    guard slices <= Self.maximumCount else {
      throw .tooManySlices(count: Int(clamping: slices), limit: Self.maximumCount)
    }
    count = Int(slices)
  }

  /// The slice in which a capture started.
  @inline(__always)
  func index(of time: Timestamp) -> Int {
    Int((Int128(time.nanoseconds) - start) / Int128(width))
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
    if index == 0, let from, start < Int128(from.nanoseconds) { return true }
    guard index == count - 1, let to = end ?? survey.last.map({ Int128($0.nanoseconds) + 1 })
    else { return false }
    return to < exactStart(of: index + 1)
  }

  private func exactStart(of index: Int) -> Int128 {
    start + Int128(index) * Int128(width)
  }

  private static func start(of time: Int64, origin: Int64, width: Int64) -> Int128 {
    let distance = Int128(time) - Int128(origin)
    let (quotient, remainder) = distance.quotientAndRemainder(dividingBy: Int128(width))
    let index = remainder < 0 ? quotient - 1 : quotient
    return Int128(origin) + index * Int128(width)
  }
}
