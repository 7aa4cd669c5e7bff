// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// All that a record holds, bit for bit: equal images mean equal records, the sign of zero included.
public struct RecordImage: Hashable, Sendable {
  private struct Figures: Hashable {
    var callCount: CallCount
    var primitiveCallCount: CallCount?
    var selfTime: UInt64?
    var cumulativeTime: UInt64?

    init(_ statistics: CallStatistics) {
      callCount = statistics.callCount
      primitiveCallCount = statistics.primitiveCallCount
      selfTime = statistics.selfTime.bitPattern
      cumulativeTime = statistics.cumulativeTime.bitPattern
    }

    private init(callCount: CallCount) {
      self.callCount = callCount
    }

    init(_ figures: CallEdge.Figures) {
      switch figures {
      case .full(let statistics): self.init(statistics)
      case .countOnly(let count): self.init(callCount: count)
      }
    }
  }

  private struct Caller: Hashable {
    var function: Function
    var figures: Figures
  }

  private struct Row: Hashable {
    var function: Function
    var figures: Figures
    var callers: [Caller]
  }

  private let id: ProfileID
  private let start: Timestamp
  private let duration: Duration?
  private let timeSource: TimeSource
  private let kind: ProfileKind
  private let clock: ProfileClock
  private let weight: Weight
  private let covers: Coverage
  /// Bytes: strings that are canonically equal would be taken for the same.
  private let labels: [[UInt8]]
  private let totalTime: UInt64
  private let rows: [Row]

  /// The image of a record.
  public init(_ record: Capture) {
    id = record.id
    start = record.start
    duration = record.duration
    timeSource = record.timeSource
    kind = record.kind
    clock = record.clock
    weight = record.weight
    covers = record.covers
    labels = record.labels.pairs.flatMap { [Array($0.key.utf8), Array($0.value.utf8)] }
    totalTime = record.profile.totalTime.bitPattern
    rows = record.profile.functions.map { row in
      Row(
        function: row.function,
        figures: Figures(row.statistics),
        callers: row.callers.map { Caller(function: $0.caller, figures: Figures($0.figures)) }
      )
    }
  }
}
