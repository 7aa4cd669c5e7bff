// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataExport

extension DataFormat {
  /// A result in this form, as a whole.
  func bytes(_ result: any DataResult, _ texts: CSVTexts = .harmless) -> [UInt8] {
    var bytes: [UInt8] = []
    write(result, DataOptions(csvTexts: texts)) { bytes += $0 }
    return bytes
  }

  /// A result in this form as text.
  func text(_ result: any DataResult, _ texts: CSVTexts = .harmless) -> String {
    String(decoding: bytes(result, texts), as: UTF8.self)
  }
}

/// Cells as a result, for what writers make of each kind of them.
struct HandMadeResult: DataResult {
  let schema = "test/1"
  var columns: [Column]
  var cells: [[Cell]]
  var warnings: [Warning] = []

  var rows: any ResultRows { Rows(columns: columns, cells: cells) }
  var document: [DocumentField] { [.rows("rows", rows)] }

  private struct Rows: ResultRows {
    let columns: [Column]
    let cells: [[Cell]]

    func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
      for row in cells { try body(row) }
    }
  }
}
