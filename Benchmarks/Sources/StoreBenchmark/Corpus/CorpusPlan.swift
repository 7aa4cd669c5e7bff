// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// When each capture of a corpus starts, and of which host, version and base profile it is.
///
/// One day with its usual course, busiest at 14:00 UTC; five versions, one after the other, which the
/// hosts take over one by one.
struct CorpusPlan {
  /// One capture.
  struct Capture {
    let start: Timestamp
    let base: Int
    let host: Int
    let version: Int
  }

  private static let versions = 5.0
  private static let day: Int64 = 86_400_000_000_000
  /// 2026-01-05T00:00:00Z.
  static let firstDay = Timestamp(nanoseconds: 1_767_571_200_000_000_000)

  let size: CorpusSize
  let seed: UInt64
  /// Of each endpoint the base profiles of its small and its large input.
  private let endpoints: [(small: Int, large: Int)]
  /// How much of the day's traffic came before each minute.
  private let traffic: [Double]

  init(size: CorpusSize, seed: UInt64, bases: [Labels]) {
    self.size = size
    self.seed = seed
    let inputs = Dictionary(grouping: bases.indices) { base in
      [bases[base]["service"] ?? "", bases[base]["endpoint"] ?? ""].joined(separator: " ")
    }
    endpoints = inputs.sorted { $0.key < $1.key }.compactMap { _, places in
      guard let first = places.first else { return nil }
      return (
        places.first { bases[$0]["input"] == "small" } ?? first,
        places.first { bases[$0]["input"] == "large" } ?? first
      )
    }
    traffic = Self.traffic
  }

  private static let traffic: [Double] = {
    var sum = 0.0
    return (0...1440).map { minute in
      defer { sum += 1 + 0.8 * triangle(Double(minute) / 1440) }
      return sum
    }
  }()

  /// From -1 at 02:00 to 1 at 14:00 and back.
  private static func triangle(_ day: Double) -> Double {
    let distance = abs(day - 14.0 / 24)
    return 1 - 4 * min(distance, 1 - distance)
  }

  /// The capture of a number; they are in order of their starts.
  func capture(_ number: Int, _ source: inout RandomSource) -> Capture {
    let start = start(number, &source)
    let host = Int.random(in: 0..<size.hosts, using: &source)
    let endpoint = endpoints[Int.random(in: endpoints.indices, using: &source)]
    let day = Double(start.nanoseconds - Self.firstDay.nanoseconds) / Double(Self.day)
    let version = max(0, day * Self.versions - Double(host) / Double(size.hosts) * 0.08)
    return Capture(
      start: start,
      base: source.happens(0.7) ? endpoint.small : endpoint.large,
      host: host,
      version: Int(version)
    )
  }

  private func start(_ number: Int, _ source: inout RandomSource) -> Timestamp {
    let place = (Double(number) + source.unit()) / Double(size.captures) * (traffic.last ?? 1)
    let minute = max(0, (traffic.firstIndex { $0 > place } ?? traffic.count - 1) - 1)
    let part = (place - traffic[minute]) / (traffic[minute + 1] - traffic[minute])
    let nanoseconds = Int64((Double(minute) + part) / 1440 * Double(Self.day))
    return Timestamp(nanoseconds: Self.firstDay.nanoseconds + min(nanoseconds, Self.day - 1))
  }
}
