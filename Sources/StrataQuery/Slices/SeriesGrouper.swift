// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Numbers the groups of a question, and finds the group of each function or capture.
///
/// Each function of the store is looked at once, whatever the number of captures.
struct SeriesGrouper {
  /// The group of a function that the question leaves out.
  static let excluded: Int32 = -1

  private let query: SliceQuery
  private let snapshot: any ProfileSnapshot
  /// The key of each group.
  private(set) var keys: [SeriesKey] = []
  private var numbers: [SeriesKey: Int32] = [:]
  /// The group of each function by its number, or ``unknown``.
  private var groupOfFunction: [Int32] = []

  private static let unknown: Int32 = -2

  init(_ query: SliceQuery, in snapshot: any ProfileSnapshot) {
    self.query = query
    self.snapshot = snapshot
  }

  /// Whether groups are made of functions, not of whole captures.
  var groupsFunctions: Bool {
    switch query.grouping {
    case .function, .file, .module: true
    case .label, .all: false
    }
  }

  /// The group of a function; ``excluded`` if the question leaves it out.
  ///
  /// Where whole captures are grouped, any function that counts is in group 0.
  @inline(__always)
  mutating func group(of id: FunctionID) throws -> Int32 {
    let index = Int(id.index)
    if index < groupOfFunction.count, groupOfFunction[index] != Self.unknown {
      return groupOfFunction[index]
    }
    return try newGroup(of: id)
  }

  /// The group of a capture, where whole captures are grouped.
  mutating func group(of labels: Labels) -> Int32 {
    guard case .label(let key) = query.grouping else { return number(of: .all) }
    return number(of: .label(key: key, value: labels[key]))
  }

  private mutating func newGroup(of id: FunctionID) throws -> Int32 {
    var function = try snapshot.function(id).canonical
    if query.stripsDirectories { function = function.strippingDirectory }
    let group: Int32
    if let pattern = query.functions, try !pattern.matches(function.standardName) {
      group = Self.excluded
    } else {
      group = groupsFunctions ? number(of: key(of: function)) : 0
    }
    let missing = Int(id.index) + 1 - groupOfFunction.count
    if missing > 0 { groupOfFunction += repeatElement(Self.unknown, count: missing) }
    groupOfFunction[Int(id.index)] = group
    return group
  }

  private func key(of function: Function) -> SeriesKey {
    switch query.grouping {
    case .file: .file(function.file)
    case .module: .module(function.module)
    case .function, .label, .all: .function(function)
    }
  }

  private mutating func number(of key: SeriesKey) -> Int32 {
    if let known = numbers[key] { return known }
    let new = Int32(keys.count)
    keys.append(key)
    numbers[key] = new
    return new
  }
}
