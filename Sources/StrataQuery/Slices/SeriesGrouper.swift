// SPDX-License-Identifier: Apache-2.0

import PythonPattern
import StrataCore

/// Numbers the groups of a question, and finds the group of each function or capture.
///
/// Each function of the store is looked at once, whatever the number of captures; where the store
/// knows which functions are one series, a group needs no name before it is shown.
struct SeriesGrouper {
  /// The group of a function that the question leaves out.
  static let excluded: Int32 = -1

  private let query: SliceQuery
  private let names: any FunctionNames
  /// The key of each group; nil until it is asked for.
  private var keys: [SeriesKey?] = []
  private var numbers: [SeriesKey: Int32] = [:]
  /// The group of each function by its number, or ``unknown``.
  private var groupOfFunction: [Int32] = []
  /// The function that stands for each one, by numbers; nil where names decide.
  private let representatives: [FunctionID]?
  /// The function that names each group, where names do not decide.
  private var functionOfGroup: [FunctionID] = []

  private static let unknown: Int32 = -2

  init(_ query: SliceQuery, in view: any StoreView) async throws {
    self.query = query
    names = try await view.names(of: query.selection)
    representatives = query.namesDecide ? nil : try await view.functionAliases().map(Self.flat)
  }

  private static func flat(
    _ aliases: [FunctionID: FunctionID]
  ) throws(QueryError) -> [FunctionID] {
    guard aliases.allSatisfy({ $0.key.index >= 0 && $0.value.index >= 0 }) else {
      throw .inconsistentStore(reason: "a function has a negative number")
    }
    let count = aliases.keys.reduce(0) { max($0, $1.index + 1) }
    var representatives = (0..<count).map { FunctionID($0) }
    for (function, other) in aliases { representatives[Int(function.index)] = other }
    return representatives
  }

  /// How many groups there are so far.
  var count: Int { keys.count }

  /// What a group stands for.
  mutating func key(of group: Int32) throws -> SeriesKey {
    if let key = keys[Int(group)] { return key }
    let function = try names.function(functionOfGroup[Int(group)])
    let key = SeriesKey.function(function.canonical)
    keys[Int(group)] = key
    return key
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
    let group = try representatives.map { groupByNumber(of: id, $0) } ?? groupByName(of: id)
    note(group, of: id)
    return group
  }

  /// The group of captures with a value of the label, where whole captures are grouped.
  mutating func group(ofCapturesWith value: String?) -> Int32 {
    guard case .label(let key) = query.grouping else { return number(of: .all) }
    return number(of: .label(key: key, value: value))
  }

  private mutating func note(_ group: Int32, of id: FunctionID) {
    let missing = Int(id.index) + 1 - groupOfFunction.count
    if missing > 0 {
      // Doubled, or functions that come in the order of their numbers would each copy the array.
      let count = max(missing, groupOfFunction.count)
      groupOfFunction += repeatElement(Self.unknown, count: count)
    }
    groupOfFunction[Int(id.index)] = group
  }

  private mutating func groupByNumber(
    of id: FunctionID,
    _ representatives: [FunctionID]
  ) -> Int32 {
    let index = Int(id.index)
    // Aliases have the group of what stands for them: no name is compared, or even read.
    let function = index < representatives.count ? representatives[index] : id
    let place = Int(function.index)
    if place < groupOfFunction.count, groupOfFunction[place] != Self.unknown {
      return groupOfFunction[place]
    }
    let new = Int32(keys.count)
    keys.append(nil)
    functionOfGroup.append(function)
    note(new, of: function)
    return new
  }

  private mutating func groupByName(of id: FunctionID) throws -> Int32 {
    // Stripped first, and then compared: the pattern sees the name that the series is shown by.
    var function = try names.function(id).canonical
    if query.stripsDirectories { function = function.strippingDirectory }
    if let pattern = query.functions {
      let name = function.standardName
      let isMatch = try QueryError.wrap { () throws(PatternError) in try pattern.matches(name) }
      guard isMatch else { return Self.excluded }
    }
    return query.groupsFunctions ? number(of: key(of: function)) : 0
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

extension SliceQuery {
  /// Whether the group of a function depends on more than its canonical identity.
  fileprivate var namesDecide: Bool {
    grouping != .function || functions != nil || stripsDirectories
  }
}
