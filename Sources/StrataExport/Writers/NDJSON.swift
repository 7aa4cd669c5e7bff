// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Rows as JSON objects, one per line.
enum NDJSON: DataWriter {
  static let name = "ndjson"
  static let mediaType = "application/x-ndjson"

  static func write<Failure>(
    _ result: any DataResult,
    _ options: DataOptions,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var json = JSONWriter()
    let rows = result.rows
    let objects = RowObjects(rows.columns)
    try rows.forEach { (cells) throws(Failure) in
      try objects.write(cells, to: &json, output)
      json.endDocument()
      try json.pass(to: output)
    }
    try json.pass(to: output, always: true)
  }
}
