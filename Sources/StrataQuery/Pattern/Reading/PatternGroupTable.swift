// SPDX-License-Identifier: Apache-2.0

/// The groups of an expression, which are counted only to refuse what refers to them.
///
/// Whether Python would refuse a reference too is worth knowing: then its words are given.
struct PatternGroupTable {
  private var names: [String: Int] = [:]
  private var isOpen: [Bool] = []

  /// Notes that a group starts, and gives its number.
  mutating func open(name: String?, _ tokenizer: PatternTokenizer) throws(QueryError) -> Int {
    let number = isOpen.count + 1
    if let name {
      // Names that Unicode calls equivalent are different to Python.
      let key = Self.key(name)
      if let other = names[key] {
        let message = "redefinition of group name '\(name)' as group \(number); was group \(other)"
        throw tokenizer.failure(message, back: name.unicodeScalars.count + 1)
      }
      names[key] = number
    }
    isOpen.append(true)
    return number
  }

  /// Notes that a group ends.
  mutating func close(_ number: Int) {
    isOpen[number - 1] = false
  }

  /// Refuses a name that is no identifier and has just been read, together with what ends it.
  func check(name: String, _ tokenizer: PatternTokenizer) throws(QueryError) {
    guard Self.isIdentifier(name) else {
      let message = "bad character in group name \(Self.quoted(name))"
      throw tokenizer.failure(message, back: name.unicodeScalars.count + 1)
    }
  }

  /// Why `\1` is refused.
  func failure(
    forReference number: Int,
    at start: Int,
    _ tokenizer: PatternTokenizer
  ) -> QueryError {
    guard isOpen.indices.contains(number - 1) else {
      return tokenizer.failure("invalid group reference \(number)", at: start + 1)
    }
    guard !isOpen[number - 1] else {
      return tokenizer.failure("cannot refer to an open group", at: start)
    }
    return tokenizer.unsupported("a backreference '\\\(number)'", at: start)
  }

  /// Why `(?P=name)`, which has just been read, is refused.
  func failure(
    forReference name: String,
    at start: Int,
    _ tokenizer: PatternTokenizer
  ) -> QueryError {
    if let failure = nameFailure(name, tokenizer) { return failure }
    if let number = names[Self.key(name)], isOpen[number - 1] {
      let length = name.unicodeScalars.count
      return tokenizer.failure("cannot refer to an open group", back: length + 1)
    }
    return tokenizer.unsupported("a backreference '(?P=\(name))'", at: start)
  }

  /// Why `(?(1)...)`, read up to the condition, is refused.
  func failure(
    forCondition name: String,
    at start: Int,
    _ tokenizer: PatternTokenizer
  ) -> QueryError {
    if !name.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      if let failure = nameFailure(name, tokenizer) { return failure }
    } else if name.utf8.allSatisfy({ $0 == 0x30 }) {
      return tokenizer.failure("bad group number", back: name.utf8.count + 1)
    }
    return tokenizer.unsupported("a conditional group '(?(\(name))'", at: start)
  }

  private func nameFailure(_ name: String, _ tokenizer: PatternTokenizer) -> QueryError? {
    let length = name.unicodeScalars.count
    guard Self.isIdentifier(name) else {
      let message = "bad character in group name \(Self.quoted(name))"
      return tokenizer.failure(message, back: length + 1)
    }
    guard names[Self.key(name)] != nil else {
      return tokenizer.failure("unknown group name '\(name)'", back: length + 1)
    }
    return nil
  }
}

extension PatternGroupTable {
  private static func key(_ name: String) -> String {
    name.unicodeScalars.map { String($0.value) }.joined(separator: " ")
  }

  private static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first else { return false }
    return (first == "_" || first.properties.isXIDStart)
      && name.unicodeScalars.dropFirst().allSatisfy(\.properties.isXIDContinue)
  }

  /// A text in quotes as Python's `repr` shows it, as far as control characters go.
  private static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let quote = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    let escaped = scalars.map { scalar in
      switch scalar {
      case "\\": "\\\\"
      case "\n": "\\n"
      case "\r": "\\r"
      case "\t": "\\t"
      case "'" where quote == "'": "\\'"
      case "\0"..."\u{F}": "\\x0" + String(scalar.value, radix: 16)
      case "\u{10}"..."\u{1F}", "\u{7F}"..."\u{A0}": "\\x" + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }
    return quote + escaped.joined() + quote
  }
}
