// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// One JSON document with everything: `strata/slices/1` and the like.
///
/// Numbers are numbers of any size; a ratio that is a whole number is written as one, and an
/// undefined value is `null`. Rows begin on lines of their own.
enum JSONDocument: DataWriter {
  static let name = "json"
  static let mediaType = "application/json"

  static func write<Failure>(
    _ result: any DataResult,
    _ options: DataOptions,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var json = JSONWriter()
    try json.object { (json) throws(Failure) in
      json.field("schema", result.schema)
      try write(result.document, to: &json, output)
      json.warnings(result.warnings)
    }
    json.endDocument()
    try json.pass(to: output, always: true)
  }

  private static func write<Failure>(
    _ fields: [DocumentField],
    to json: inout JSONWriter,
    _ output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    for field in fields {
      switch field {
      case .value(let name, let cell): try json.field(name, cell, output)
      case .object(let name, let fields):
        try json.object(name) { (json) throws(Failure) in try write(fields, to: &json, output) }
      case .rows(let name, let rows):
        let objects = RowObjects(rows.columns)
        try json.array(name) { (json) throws(Failure) in
          try rows.forEach { (cells) throws(Failure) in
            json.newline()
            try objects.write(cells, to: &json, output)
            try json.pass(to: output)
          }
        }
      }
    }
  }
}

extension JSONWriter {
  /// Writes warnings as objects in the field `warnings`: `code`, `message`, and their parameters.
  fileprivate mutating func warnings(_ warnings: [Warning]) {
    array("warnings") { json in
      for warning in warnings {
        json.object { json in
          json.field("code", warning.code.rawValue)
          json.field("message", warning.message)
          for parameter in warning.parameters { json.parameter(parameter) }
        }
      }
    }
  }

  private mutating func parameter(_ parameter: Warning.Parameter) {
    switch parameter.value {
    case .number(let number): field(parameter.name, number)
    case .text(let text): field(parameter.name, text)
    case .function(let function):
      object(parameter.name) { json in
        json.field("file", function.file)
        json.field("line", function.line)
        json.field("name", function.name)
      }
    }
  }
}
