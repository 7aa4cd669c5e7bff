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
}
