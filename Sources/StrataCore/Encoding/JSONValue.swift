// SPDX-License-Identifier: Apache-2.0

/// A value of a JSON text; numbers keep their digits, so that times lose nothing.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(String)
  case string(ByteString)
  case array([JSONValue])
  /// The fields in the order of the text; of a repeated key, the last one counts.
  case object([(key: String, value: JSONValue)])

  /// The value of a field of an object; nil for other values and absent fields.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let fields) = self else { return nil }
    return fields.last { $0.key == key }?.value
  }

  /// What kind of value it is, for messages.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue {
  /// Reads the one value that a text holds.
  ///
  /// - Complexity: O(*n*) in the bytes, and a multiple of their memory: read long texts piece by piece
  ///   with a ``JSONReader``.
  package init(parsing bytes: ArraySlice<UInt8>) throws(JSONSyntaxError) {
    var reader = JSONReader(bytes)
    self = try reader.value()
    try reader.end()
  }
}
