// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataStoreFormat

/// Which labels the label sets have, by their numbers.
struct LabelMembership {
  private let labelsOfSet: [Int32: [Int32]]

  init(_ db: Database) throws {
    var labels: [Int32: [Int32]] = [:]
    let rows = try Row.fetchCursor(db, sql: "SELECT labelSet, label FROM labelSetLabel")
    while let row = try rows.next() {
      labels[try row.decode(Int32.self, forColumn: "labelSet"), default: []]
        .append(try row.decode(Int32.self, forColumn: "label"))
    }
    labelsOfSet = labels
  }

  func labels(of labelSet: Int32) -> [Int32] { labelsOfSet[labelSet] ?? [] }

  /// The labels of a set as table `labelSet` has them: sorted, four bytes each.
  func blob(of labelSet: Int32) -> Data {
    var bytes: [UInt8] = []
    for label in labels(of: labelSet).sorted() {
      bytes.appendLittleEndian(UInt32(bitPattern: label))
    }
    return Data(bytes)
  }

  /// The label sets that have a label; 0 stands for any.
  func labelSets(with label: Int32) -> [Int32] {
    labelsOfSet.filter { label == 0 || $0.value.contains(label) }.keys.sorted()
  }

  /// The labels of some label sets, those together that the same of these sets have; 0 stands for
  /// what they all have.
  func groups(of labelSets: [Int32]) -> [(labelSets: [Int32], labels: [Int32])] {
    var setsOfLabel: [Int32: [Int32]] = [0: labelSets]
    for labelSet in labelSets {
      for label in labels(of: labelSet) { setsOfLabel[label, default: []].append(labelSet) }
    }
    // Labels of the same sets select the same captures: their roll-ups share one sum.
    return Dictionary(grouping: setsOfLabel.keys) { setsOfLabel[$0] ?? [] }
      .map { ($0.key, $0.value.sorted()) }
  }
}

#endif
