// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery

/// The columns of a profile that are no blobs, as a question needs them.
struct HeaderRow {
  static let columns = [
    "id", "start", "duration", "kind", "clock", "weight", "labelSet", "functionCount", "edgeCount",
    "unit", "shape",
  ].map { "profile." + $0 }
  static var columnCount: Int { columns.count }

  let id: Int64
  let functionCount: Int
  let edgeCount: Int
  let unit: TimeUnit
  /// The shape; nil where the functions and edges stand with the profile.
  let shape: Int64?
  let capture: CaptureHeader

  init(_ row: Row, labelSets: [Int32: Labels], path: String) throws {
    let id = try row.decode(Int64.self, atIndex: 0)
    let damage = { (column: String) in
      StoreError(
        damaged: "a value that has no meaning",
        path: path,
        location: StoreError.Location(table: "profile", row: id, column: column)
      )
    }
    guard let kind = ProfileKind(rawValue: try row.decode(String.self, atIndex: 3)) else {
      throw damage("kind")
    }
    guard let clock = ProfileClock(rawValue: try row.decode(String.self, atIndex: 4)) else {
      throw damage("clock")
    }
    guard let weight = Weight(exactMillionths: try row.decode(Int64.self, atIndex: 5)) else {
      throw damage("weight")
    }
    guard let labels = labelSets[try row.decode(Int32.self, atIndex: 6)] else {
      throw damage("labelSet")
    }
    guard let unit = TimeUnit(rawValue: try row.decode(Int64.self, atIndex: 9)) else {
      throw damage("unit")
    }
    self.id = id
    self.unit = unit
    functionCount = try row.decode(Int.self, atIndex: 7)
    edgeCount = try row.decode(Int.self, atIndex: 8)
    shape = try row.decode(Int64?.self, atIndex: 10)
    capture = CaptureHeader(
      start: Timestamp(nanoseconds: try row.decode(Int64.self, atIndex: 1)),
      duration: try row.decode(Int64?.self, atIndex: 2).map { .nanoseconds($0) },
      kind: kind,
      clock: clock,
      weight: weight,
      covers: .call,
      labels: labels
    )
  }
}

#endif
