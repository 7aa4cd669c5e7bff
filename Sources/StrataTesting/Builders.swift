// SPDX-License-Identifier: Apache-2.0

package import StrataCore

extension Function {
  /// A function such as `a.py:3(f)`.
  package static func at(_ file: ByteString, _ line: Int = 1, _ name: ByteString) -> Function {
    Function(file: file, line: line, name: name)
  }
}

extension CallStatistics {
  /// Figures in the order in which pstats prints them; calls are primitive by default.
  package static func of(
    _ calls: CallCount,
    primitive: CallCount? = nil,
    _ selfTime: Double,
    _ cumulativeTime: Double
  ) -> CallStatistics {
    CallStatistics(
      callCount: calls,
      primitiveCallCount: primitive ?? calls,
      selfTime: selfTime,
      cumulativeTime: cumulativeTime
    )
  }
}

/// One function of a capture in whole nanoseconds: what a test of sums writes down.
package struct Cost: Hashable, Sendable {
  package var function: Function
  package var calls: Int
  package var primitiveCalls: Int
  package var selfTime: Int
  package var cumulativeTime: Int

  package init(
    _ function: Function,
    calls: Int = 1,
    primitiveCalls: Int? = nil,
    selfTime: Int,
    cumulativeTime: Int? = nil
  ) {
    self.function = function
    self.calls = calls
    self.primitiveCalls = primitiveCalls ?? calls
    self.selfTime = selfTime
    self.cumulativeTime = cumulativeTime ?? selfTime
  }

  package var profile: FunctionProfile {
    FunctionProfile(
      function: function,
      statistics: CallStatistics(
        callCount: CallCount(calls),
        primitiveCallCount: CallCount(primitiveCalls),
        selfTime: Double(selfTime) * 1e-9,
        cumulativeTime: Double(cumulativeTime) * 1e-9
      )
    )
  }
}

extension Capture {
  /// A capture that started some nanoseconds after the epoch; without an id, its contents are one.
  package static func capture(
    at nanoseconds: Int64,
    labels: Labels = [:],
    duration: Duration? = nil,
    kind: ProfileKind = .traced,
    clock: ProfileClock = .wall,
    weight: Weight = .one,
    id: String? = nil,
    _ costs: [Cost]
  ) -> Capture {
    let named = id ?? "\(nanoseconds) \(labels.pairs) \(costs)"
    return Capture(
      id: ProfileID(given: named),
      start: Timestamp(nanoseconds: nanoseconds),
      duration: duration,
      kind: kind,
      clock: clock,
      weight: weight,
      labels: labels,
      profile: StatsProfile(functions: costs.map(\.profile))
    )
  }
}
