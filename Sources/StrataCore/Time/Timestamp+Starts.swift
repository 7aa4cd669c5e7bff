// SPDX-License-Identifier: Apache-2.0

/// The range of starts that captures may have.
///
/// A start outside of it is a mistake. Near the limits of 64 bits, the ends of captures and slices would
/// overflow as well.
extension Timestamp {
  /// The earliest start that is accepted: 1700-01-01T00:00:00Z.
  public static let firstStart = Timestamp(nanoseconds: -8_520_336_000_000_000_000)
  /// The latest start that is accepted: 2200-01-01T00:00:00Z.
  public static let lastStart = Timestamp(nanoseconds: 7_258_118_400_000_000_000)

  /// Whether a capture may have started then.
  public var isPossibleStart: Bool { (Self.firstStart...Self.lastStart).contains(self) }

  /// Checks the time as the start of a capture with a duration.
  ///
  /// - Throws: ``CaptureError`` where the start is outside of the range, the duration negative, or the
  ///   end beyond what 64 bits hold.
  public func checkStart(duration: Duration?) throws(CaptureError) {
    guard isPossibleStart else {
      throw CaptureError(.startOutOfRange, of: "start", value: iso8601)
    }
    guard let duration else { return }
    guard duration >= .zero, let length = duration.nanoseconds,
      !nanoseconds.addingReportingOverflow(length).overflow
    else { throw CaptureError(.durationOutOfRange, of: "duration", value: "\(duration)") }
  }
}
