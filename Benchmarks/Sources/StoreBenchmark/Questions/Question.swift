// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery

/// A line of input: what the driver asks every engine.
struct Question: Decodable {
  enum Kind: String, Decodable {
    /// Sums over slices of time.
    case slices
    /// All captures added up, callers included.
    case merge
  }

  let kind: Kind
  /// `self` or `cumulative`.
  var metric: String?
  /// The width of a slice, and the range, in nanoseconds.
  var every: Int64?
  var since: Int64?
  var until: Int64?
  /// Labels that captures must have.
  var labels: [String: String]?
  var top: Int?
  /// Whether sums that the store keeps are left aside, so that single captures alone are read.
  var raw: Bool?
  /// Whether the answer itself is wanted, not only how long it took.
  var check: Bool?

  var selection: ProfileSelection {
    ProfileSelection(
      since: since.map(Timestamp.init(nanoseconds:)),
      until: until.map(Timestamp.init(nanoseconds:)),
      filter: CaptureFilter((labels ?? [:]).map { .label(key: $0, .equals($1)) })
    )
  }

  var resolution: SumRequest.Resolution { raw == true ? .captures : .any }

  func sliceQuery() throws -> SliceQuery {
    guard let every, let metric, let metric = Metric(name: metric) else {
      throw BenchmarkError("slices need a metric and a width")
    }
    return SliceQuery(
      selection,
      metric: metric,
      every: .nanoseconds(every),
      top: top,
      resolution: resolution
    )
  }
}
