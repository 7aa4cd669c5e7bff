// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The groups of an expression that capture, and what may refer to them where.
struct PatternGroupTable {
  /// CPython's `_sre.MAXGROUPS`.
  private static let maximumNumber = 1_073_741_823

  private var names: [String: Int] = [:]
  /// The width of each group, or none while it is open.
  private var widths: [PatternWidth?] = []
  /// How many groups there were where the outermost lookbehind begins that is being read.
  private var countBeforeLookbehind: Int?
  /// The numbers in conditions, which may refer to groups that come later, and their positions.
  private var conditions: [(number: Int, position: Int)] = []

  /// How many groups there are so far.
  var count: Int { widths.count }

  /// Notes that a group starts, and gives its number.
  mutating func open(name: String?, _ tokenizer: PatternTokenizer) throws(PatternError) -> Int {
    let number = widths.count + 1
    if let name {
      // Names that Unicode calls equivalent are different to Python.
      let key = Self.key(name)
      if let other = names[key] {
        let quoted = name.pythonQuoted
        let message = "redefinition of group name \(quoted) as group \(number); was group \(other)"
        throw tokenizer.failure(message, back: name.unicodeScalars.count + 1)
      }
      names[key] = number
    }
    widths.append(nil)
    return number
  }

  /// Notes that a group ends.
  mutating func close(_ number: Int, width: PatternWidth) {
    widths[number - 1] = width
  }

  /// The width of a group that has been read.
  func width(of number: Int) -> PatternWidth { widths[number - 1] ?? .zero }

  /// Notes that a lookbehind starts, and returns whether it is in no other.
  mutating func openLookbehind() -> Bool {
    guard countBeforeLookbehind == nil else { return false }
    countBeforeLookbehind = count
    return true
  }

  /// Notes that the outermost lookbehind ends.
  mutating func closeLookbehind() {
    countBeforeLookbehind = nil
  }

  /// Refuses a name that is no identifier and has just been read, together with what ends it.
  func check(name: String, _ tokenizer: PatternTokenizer) throws(PatternError) {
    guard name.isPythonIdentifier else {
      let message = "bad character in group name \(name.pythonQuoted)"
      throw tokenizer.failure(message, back: name.unicodeScalars.count + 1)
    }
  }

  private func isClosed(_ number: Int) -> Bool {
    widths.indices.contains(number - 1) && widths[number - 1] != nil
  }

  private func checkLookbehind(
    _ number: Int,
    _ tokenizer: PatternTokenizer
  ) throws(PatternError) {
    guard let countBeforeLookbehind else { return }
    guard isClosed(number) else { throw tokenizer.failure("cannot refer to an open group") }
    guard number <= countBeforeLookbehind else {
      throw tokenizer.failure("cannot refer to group defined in the same lookbehind subpattern")
    }
  }

  private static func key(_ name: String) -> String {
    name.unicodeScalars.map { String($0.value) }.joined(separator: " ")
  }
}

extension PatternGroupTable {
  /// The group of `\1`, which has just been read.
  func reference(
    to number: Int,
    at start: Int,
    _ tokenizer: PatternTokenizer
  ) throws(PatternError) -> Int {
    guard number <= count else {
      throw tokenizer.failure("invalid group reference \(number)", at: start + 1)
    }
    guard isClosed(number) else {
      throw tokenizer.failure("cannot refer to an open group", at: start)
    }
    try checkLookbehind(number, tokenizer)
    return number
  }

  /// The group of `(?P=name)`, which has just been read.
  func reference(to name: String, _ tokenizer: PatternTokenizer) throws(PatternError) -> Int {
    let number = try number(of: name, tokenizer)
    guard isClosed(number) else {
      let length = name.unicodeScalars.count
      throw tokenizer.failure("cannot refer to an open group", back: length + 1)
    }
    try checkLookbehind(number, tokenizer)
    return number
  }

  /// The group of `(?(1)...)` or `(?(name)...)`, read up to the condition.
  mutating func condition(
    on name: String,
    _ tokenizer: PatternTokenizer
  ) throws(PatternError) -> Int {
    let isNumber = name.utf8.allSatisfy { (0x30...0x39).contains($0) }
    let number =
      isNumber ? try parseNumber(name, tokenizer) : try self.number(of: name, tokenizer)
    try checkLookbehind(number, tokenizer)
    return number
  }

  /// Refuses a condition whose number no group has.
  func checkConditions(_ tokenizer: PatternTokenizer) throws(PatternError) {
    for (number, position) in conditions where number > count {
      throw tokenizer.failure("invalid group reference \(number)", at: position)
    }
  }

  private mutating func parseNumber(
    _ digits: String,
    _ tokenizer: PatternTokenizer
  ) throws(PatternError) -> Int {
    let length = digits.utf8.count
    let significant = String(digits.drop { $0 == "0" })
    guard !significant.isEmpty else {
      throw tokenizer.failure("bad group number", back: length + 1)
    }
    guard let number = Int(significant), number < Self.maximumNumber else {
      throw tokenizer.failure("invalid group reference \(significant)", back: length + 1)
    }
    if !conditions.contains(where: { $0.number == number }) {
      conditions.append((number, tokenizer.position - length - 1))
    }
    return number
  }

  private func number(
    of name: String,
    _ tokenizer: PatternTokenizer
  ) throws(PatternError) -> Int {
    try check(name: name, tokenizer)
    guard let number = names[Self.key(name)] else {
      let length = name.unicodeScalars.count
      throw tokenizer.failure("unknown group name \(name.pythonQuoted)", back: length + 1)
    }
    return number
  }
}
