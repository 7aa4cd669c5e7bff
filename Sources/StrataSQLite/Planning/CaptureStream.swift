// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataQuery

/// Captures that may be summed from roll-ups of one key: of one kind and clock, and either all of
/// them, or those with one label, or a choice of label sets for which there are no roll-ups.
struct CaptureStream {
  /// Which roll-ups hold these captures.
  enum Key: Hashable {
    /// Those of all captures.
    case all
    /// Those of captures with this label.
    case label(Int32)
    /// None.
    case none
  }

  var key: Key
  /// The label sets of the captures; nil where they may be any.
  var labelSets: [Int32]?
  var kind: ProfileKind
  var clock: ProfileClock
  /// The value that all captures have for the label that a question groups by.
  var labelValue: String?
  var range: Range<Int128>

  /// The number by which the table of roll-ups knows the key.
  var label: Int32? {
    switch key {
    case .all: 0
    case .label(let id): id
    case .none: nil
    }
  }
}

extension SQLiteSnapshot {
  /// Parts the captures of a selection into streams; none of them mixes values of a label.
  func streams(of selection: ProfileSelection, labelKey: String? = nil) throws -> [CaptureStream] {
    let since = Int128(selection.since?.nanoseconds ?? .min)
    let until = selection.until.map { Int128($0.nanoseconds) } ?? Int128(Int64.max) + 1
    guard since < until else { return [] }
    let groups = try labelGroups(selection.filter, labelKey)
    var streams: [CaptureStream] = []
    let (kinds, clocks) = (selection.filter.kinds, selection.filter.clocks)
    for figures in try FigureKind.all(db, path: path) {
      guard kinds.contains(figures.kind), clocks.contains(figures.clock) else { continue }
      for group in groups {
        streams.append(
          CaptureStream(
            key: try key(of: group),
            labelSets: group.isEverything ? nil : group.labelSets,
            kind: figures.kind,
            clock: figures.clock,
            labelValue: group.value,
            range: since..<until
          )
        )
      }
    }
    return streams
  }

  private func labelGroups(_ filter: CaptureFilter, _ key: String?) throws -> [LabelGroups.Group] {
    // Without a filter it does not matter which label sets there are; they may be tens of thousands.
    guard key != nil || filter.hasLabelConditions else { return [.everything] }
    return try LabelGroups(filter, among: names.labelSets(db, path: path)).parted(by: key)
  }

  /// The roll-ups of a group: the label must be in these sets and no others.
  ///
  /// Two spellings that Unicode calls equivalent are one value and two labels of the store.
  private func key(of group: LabelGroups.Group) throws -> CaptureStream.Key {
    if group.isEverything { return .all }
    guard let label = group.label else { return .none }
    let statement = try db.cachedStatement(
      sql: """
        SELECT label.id FROM label JOIN labelSetLabel ON labelSetLabel.label = label.id
        WHERE key = ? AND value = ? GROUP BY label.id HAVING count(*) = ?
        """
    )
    let key = StatementArguments([Data(label.key.utf8), Data(label.value.utf8)])
    let count: StatementArguments = [group.labelSets.count]
    return try Int32.fetchOne(statement, arguments: key + count).map { .label($0) } ?? .none
  }
}

/// Which label sets a question is about, in groups for which there may be roll-ups.
struct LabelGroups {
  /// Label sets whose captures may be summed together.
  struct Group {
    var labelSets: [Int32]
    /// The label that these sets have and no others; nil where there is none.
    var label: Labels.Label?
    /// Whether these are all sets there are.
    var isEverything = false
    /// The value of the label that a question groups by.
    var value: String?

    static let everything = Group(labelSets: [], isEverything: true)
  }

  private let all: [Int32: Labels]
  private let matching: [Int32]

  init(_ filter: CaptureFilter, among all: [Int32: Labels]) throws {
    self.all = all
    matching =
      filter.hasLabelConditions
      ? try all.filter { try filter.matches(labels: $0.value) }.keys.sorted() : all.keys.sorted()
  }

  /// The groups, parted by the values of a label if one is given.
  ///
  /// Without one, a filter is parted by the label that needs fewest groups, if roll-ups can answer
  /// each of them: `endpoint=~/api/.*` is the sum of some endpoints.
  func parted(by key: String?) -> [Group] {
    if let key { return groups(by: key) }
    guard !matching.isEmpty else { return [] }
    if matching.count == all.count { return [Group(labelSets: matching, isEverything: true)] }
    let keys = Set(matching.flatMap { all[$0]?.pairs.map(\.key) ?? [] })
    let partings = keys.map { groups(by: $0) }.filter { groups in
      groups.count <= Self.mostGroups && groups.allSatisfy { $0.label != nil }
    }
    guard var best = partings.min(by: { $0.count < $1.count }) else {
      return [Group(labelSets: matching)]
    }
    for index in best.indices { best[index].value = nil }
    return best
  }

  /// More groups than this are not worth their roll-ups.
  private static let mostGroups = 64

  private func groups(by key: String) -> [Group] {
    let wholes = Dictionary(grouping: all.keys) { all[$0]?[key] }
    return Dictionary(grouping: matching) { all[$0]?[key] }.map { value, labelSets in
      let isWhole = wholes[value]?.count == labelSets.count
      return Group(
        labelSets: labelSets,
        label: isWhole ? value.map { Labels.Label(key: key, value: $0) } : nil,
        isEverything: labelSets.count == all.count,
        value: value
      )
    }
  }
}

#endif
