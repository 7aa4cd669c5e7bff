// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// How the cells of a row become a JSON object: those whose paths begin alike are in one object.
struct RowObjects {
  /// A field with its name as it is written, which is quoted once for all rows.
  private enum Field {
    case cell([UInt8], Int)
    case object([UInt8], [Field])
    case rows([UInt8], Int, RowObjects)
  }

  private let fields: [Field]

  /// Creates the form of rows with these columns.
  init(_ columns: [Column]) {
    let indices = columns.indices.filter { columns[$0].place.contains(.objects) }
    fields = Self.fields(of: indices[...], columns, depth: 0)
  }

  /// Columns side by side whose paths are alike up to a depth become one field.
  private static func fields(
    of indices: ArraySlice<Int>,
    _ columns: [Column],
    depth: Int
  ) -> [Field] {
    var fields: [Field] = []
    var rest = indices
    while let first = rest.first {
      let part = columns[first].path[depth]
      let name = JSONWriter.quoted(part)
      let isLast = columns[first].path.count == depth + 1
      let group = isLast ? rest.prefix(1) : rest.prefix { columns[$0].path[depth] == part }
      rest = rest.dropFirst(group.count)
      if !isLast {
        fields.append(.object(name, Self.fields(of: group, columns, depth: depth + 1)))
      } else if case .rows(let nested) = columns[first].kind {
        fields.append(.rows(name, first, RowObjects(nested)))
      } else {
        fields.append(.cell(name, first))
      }
    }
    return fields
  }

  /// Writes a row as an object.
  func write<Failure>(
    _ cells: [Cell],
    to json: inout JSONWriter,
    _ output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try json.object { (json) throws(Failure) in
      for field in fields { try Self.write(field, cells, to: &json, output) }
    }
  }

  private static func write<Failure>(
    _ field: Field,
    _ cells: [Cell],
    to json: inout JSONWriter,
    _ output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    switch field {
    case .cell(let name, let index):
      guard cells[index].isThere else { return }
      json.name(quoted: name)
      guard case .values(let values) = cells[index] else { return json.value(cells[index]) }
      // A series may have a million values.
      try json.array { (json) throws(Failure) in
        for value in values {
          json.value(value)
          try json.pass(to: output)
        }
      }
    case .object(let name, let fields):
      guard fields.contains(where: { isThere($0, cells) }) else { return }
      json.name(quoted: name)
      try json.object { (json) throws(Failure) in
        for field in fields { try write(field, cells, to: &json, output) }
      }
    case .rows(let name, let index, let objects):
      guard cells[index].isThere else { return }
      json.name(quoted: name)
      guard case .rows(let rows) = cells[index] else { return json.value(cells[index]) }
      try json.array { (json) throws(Failure) in
        try rows.forEach { (cells) throws(Failure) in
          try objects.write(cells, to: &json, output)
          try json.pass(to: output)
        }
      }
    }
  }

  /// Whether a field has anything to write.
  private static func isThere(_ field: Field, _ cells: [Cell]) -> Bool {
    switch field {
    case .cell(_, let index), .rows(_, let index, _): cells[index].isThere
    case .object(_, let fields): fields.contains { isThere($0, cells) }
    }
  }
}

extension Cell {
  /// Whether an object has a field for it.
  fileprivate var isThere: Bool {
    switch self {
    case .absent, .standIn: false
    default: true
    }
  }
}

extension JSONWriter {
  /// Writes a field; none for what is not there.
  mutating func field(_ name: String, _ cell: Cell) {
    guard cell.isThere else { return }
    self.name(quoted: Self.quoted(name))
    value(cell)
  }

  /// Writes a cell that is there as an element.
  fileprivate mutating func value(_ cell: Cell) {
    switch cell {
    case .text(let text): value(text)
    case .word(let word): value(word)
    case .time(let time): value(time.iso8601)
    case .integer(let number): value(number)
    case .double(let number): value(number)
    case .value(let ratio): value(ratio)
    case .change(let change): value(change)
    case .flag(let flag): value(flag)
    case .values(let values): array { json in for ratio in values { json.value(ratio) } }
    case .texts(let texts): array { json in for text in texts { json.value(text) } }
    case .null, .rows, .absent, .standIn: null()
    }
  }
}
