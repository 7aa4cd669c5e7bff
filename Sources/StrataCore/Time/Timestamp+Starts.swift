// SPDX-License-Identifier: Apache-2.0

/// When captures may have started.
///
/// A start outside is a mistake of whoever tells it; and near the ends of what 64 bits hold, questions
/// and retention would have to reckon beyond them.
extension Timestamp {
  /// The first start that is taken: 1700-01-01T00:00:00Z.
  public static let firstStart = Timestamp(nanoseconds: -8_520_336_000_000_000_000)
  /// The last start that is taken: 2200-01-01T00:00:00Z.
  public static let lastStart = Timestamp(nanoseconds: 7_258_118_400_000_000_000)

  /// Whether a capture may have started then.
  public var isPossibleStart: Bool { (Self.firstStart...Self.lastStart).contains(self) }

  /// Checks that a capture may have started then and taken so long.
  ///
  /// - Throws: ``RecordError`` where the start is outside of the range, the duration negative, or the
  ///   end beyond what 64 bits hold.
  public func checkStart(duration: Duration?) throws(RecordError) {
    guard isPossibleStart else {
      throw RecordError(.startOutOfRange, of: "start", value: iso8601)
    }
    guard let duration else { return }
    guard duration >= .zero, let length = duration.nanoseconds,
      !nanoseconds.addingReportingOverflow(length).overflow
    else { throw RecordError(.durationOutOfRange, of: "duration", value: "\(duration)") }
  }
}
