// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// How the cells of a row become a JSON object: those whose paths begin alike are in one object.
///
/// Everything that is the same in all rows is found once: the names as they are written, and the
/// order of the fields as one list. Its elements hold numbers alone, so that going through it for
/// each of a million rows counts no references.
struct RowObjects {
  private struct Field {
    /// Its name, quoted and with a colon, in ``names``.
    var name: Range<Int>
    var content: Content
  }

  private enum Content {
    /// What is in a cell.
    case cell(Int)
    /// An object with so many of the next fields, those of objects in it included.
    case object(Int)
    /// The rows in a cell, which become objects as ``nested`` says.
    case rows(Int, Int)
  }

  private var fields: [Field] = []
  private var names: [UInt8] = []
  private var nested: [RowObjects] = []

  /// Creates the form of rows with these columns.
  init(_ columns: [Column]) {
    let indices = columns.indices.filter { columns[$0].place.contains(.objects) }
    appendFields(of: indices[...], columns, depth: 0)
  }

  /// Columns side by side whose paths are alike up to a depth become one field.
  private mutating func appendFields(of indices: ArraySlice<Int>, _ columns: [Column], depth: Int) {
    var rest = indices
    while let first = rest.first {
      let part = columns[first].path[depth]
      let isLast = columns[first].path.count == depth + 1
      let group = isLast ? rest.prefix(1) : rest.prefix { columns[$0].path[depth] == part }
      rest = rest.dropFirst(group.count)
      let name = names.count
      names += JSONWriter.quoted(part)
      let place = fields.count
      fields.append(Field(name: name..<names.count, content: .cell(first)))
      if !isLast {
        appendFields(of: group, columns, depth: depth + 1)
        fields[place].content = .object(fields.count - place - 1)
      } else if case .rows(let inner) = columns[first].kind {
        fields[place].content = .rows(first, nested.count)
        nested.append(RowObjects(inner))
      }
    }
  }

  /// Writes a row as an object.
  func write<Failure>(
    _ cells: [Cell],
    to json: inout JSONWriter,
    _ output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    json.begin("{")
    try write(fields.indices, cells, to: &json, output)
    json.end("}")
  }

  private func write<Failure>(
    _ range: Range<Int>,
    _ cells: [Cell],
    to json: inout JSONWriter,
    _ output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var next = range.lowerBound
    while next < range.upperBound {
      let field = fields[next]
      next += 1
      switch field.content {
      case .cell(let index):
        guard cells[index].isThere else { continue }
        json.name(quoted: names[field.name])
        try json.value(cells[index], output)
      case .object(let count):
        let inner = next..<next + count
        next += count
        guard isAnyThere(inner, cells) else { continue }
        json.name(quoted: names[field.name])
        json.begin("{")
        try write(inner, cells, to: &json, output)
        json.end("}")
      case .rows(let index, let number):
        guard cells[index].isThere else { continue }
        json.name(quoted: names[field.name])
        guard case .rows(let rows) = cells[index] else { json.null(); continue }
        json.begin("[")
        let objects = nested[number]
        try rows.forEach { (cells) throws(Failure) in
          try objects.write(cells, to: &json, output)
          try json.pass(to: output)
        }
        json.end("]")
      }
    }
  }

  /// Whether one of some fields has anything to write.
  private func isAnyThere(_ range: Range<Int>, _ cells: [Cell]) -> Bool {
    range.contains { place in
      switch fields[place].content {
      case .cell(let index), .rows(let index, _): cells[index].isThere
      case .object: false  // Its own fields follow.
      }
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
  mutating func field<Failure>(
    _ name: String,
    _ cell: Cell,
    _ output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    guard cell.isThere else { return }
    self.name(quoted: Self.quoted(name))
    try value(cell, output)
  }

  /// Writes a cell that is there as an element.
  fileprivate mutating func value<Failure>(
    _ cell: Cell,
    _ output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    switch cell {
    case .text(let text): value(text)
    case .word(let word): value(word)
    case .time(let time): value(time)
    case .integer(let number): value(number)
    case .double(let number): value(number)
    case .flag(let flag): value(flag)
    case .values(let values):
      begin("[")
      for ratio in values {
        value(ratio)
        // A series may have a million values.
        try pass(to: output)
      }
      end("]")
    case .texts(let texts): array { json in for text in texts { json.value(text) } }
    case .null, .rows, .absent, .standIn: null()
    }
  }
}
