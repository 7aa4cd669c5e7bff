// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Checks values against a JSON Schema (draft 2020-12), as far as the schemas in `docs/` go.
///
/// A keyword that is not known is a failure, so that no schema says more than is checked.
struct JSONSchema {
  private let root: JSONValue

  init(_ root: JSONValue) {
    self.root = root
  }

  /// What does not fit, with where it stands; nothing if all does.
  func failures(of value: JSONValue) -> [String] {
    failures(of: value, root, at: "")
  }

  private func failures(of value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
    guard case .object(let keywords) = schema else { return ["\(path): no schema"] }
    return keywords.flatMap { keyword, argument in
      failures(of: value, keyword, argument, schema, at: path)
    }
  }

  private func failures(
    of value: JSONValue,
    _ keyword: String,
    _ argument: JSONValue,
    _ schema: JSONValue,
    at path: String
  ) -> [String] {
    switch keyword {
    case "$schema", "$id", "$defs", "title", "description":
      return []
    case "$ref":
      return failures(of: value, resolved(argument), at: path)
    case "type":
      return Self.matches(value, type: argument.string) ? [] : ["\(path): \(value.kind)"]
    case "const":
      return value.isEqual(argument) ? [] : ["\(path): \(value)"]
    case "enum":
      return argument.array.contains { value.isEqual($0) } ? [] : ["\(path): \(value)"]
    case "anyOf":
      return argument.array.contains { failures(of: value, $0, at: path).isEmpty }
        ? [] : ["\(path): \(value) is none of the choices"]
    case "items":
      return value.array.enumerated().flatMap { index, element in
        failures(of: element, argument, at: "\(path)/\(index)")
      }
    case "required":
      return argument.array.compactMap {
        value[key: $0.string] == nil ? "\(path)/\($0.string)" : nil
      }
    case "properties":
      return argument.pairs.flatMap { key, schema in
        value[key: key].map { failures(of: $0, schema, at: "\(path)/\(key)") } ?? []
      }
    case "additionalProperties":
      let known = Set(schema[key: "properties"]?.pairs.map(\.key) ?? [])
      return value.pairs.compactMap { known.contains($0.key) ? nil : "\(path)/\($0.key): unknown" }
    case "dependentRequired":
      return argument.pairs.filter { value[key: $0.key] != nil }.flatMap { key, others in
        others.array.compactMap { value[key: $0.string] == nil ? "\(path)/\($0.string)" : nil }
      }
    default:
      return ["the schema has the keyword \(keyword), which is not checked"]
    }
  }

  private func resolved(_ reference: JSONValue) -> JSONValue {
    reference.string.split(separator: "/").dropFirst().reduce(root) { schema, key in
      schema[key: String(key)] ?? .null
    }
  }

  private static func matches(_ value: JSONValue, type: String) -> Bool {
    switch (type, value) {
    case ("object", .object), ("array", .array), ("string", .string), ("number", .number): true
    case ("integer", .number(let digits)): !digits.contains { ".eE".contains($0) }
    default: false
    }
  }
}

extension JSONValue {
  fileprivate var string: String {
    if case .string(let text) = self { text.string } else { "" }
  }

  fileprivate var array: [JSONValue] {
    if case .array(let elements) = self { elements } else { [] }
  }

  fileprivate var pairs: [(key: String, value: JSONValue)] {
    if case .object(let fields) = self { fields } else { [] }
  }

  fileprivate subscript(key key: String) -> JSONValue? { self[key] }

  fileprivate func isEqual(_ other: JSONValue) -> Bool {
    switch (self, other) {
    case (.null, .null): true
    case (.string(let left), .string(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    default: false
    }
  }
}
