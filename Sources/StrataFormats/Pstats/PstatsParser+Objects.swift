// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The objects of a dump that have parts: sequences, dicts and keys, each inline or by reference.
extension PstatsParser {
  /// A key of the outer dict or of a dict of callers.
  enum Key {
    case function(Int32)
    case sampledMarker
  }

  /// Where to continue after a container: behind it, or behind the reference that led to it.
  struct Resume {
    /// The offset of the container.
    var start: Int
    /// The slot that a flagged container fills when it is complete.
    var slot: Int?
    /// Where reading continues, if a reference led here.
    var returnOffset: Int?
  }

  @inline(__always)
  mutating func typeCode() throws(FormatError) -> (code: UInt8, isFlagged: Bool) {
    let byte = try cursor.byte("a type code")
    return (byte & ~MarshalCode.flag, byte & MarshalCode.flag != 0)
  }

  /// Whether a dict ends here; its end is then skipped.
  ///
  /// CPython takes the end in the place of a value as well, and drops the key.
  @inline(__always)
  mutating func isNull() -> Bool {
    guard cursor.offset < cursor.bytes.count,
      cursor.bytes[cursor.offset] & ~MarshalCode.flag == MarshalCode.null
    else { return false }
    cursor.offset += 1
    return true
  }

  func unexpected(_ code: UInt8, at offset: Int, _ expected: String) -> FormatError {
    let name = MarshalCode.name(of: code)
    let isUnknown = name.hasPrefix("type code")
    return FormatError(
      pstats: isUnknown ? .malformed : .notAProfile,
      at: offset,
      expected: expected,
      found: name
    )
  }

  // MARK: - Containers

  /// Whether the next object, or what it refers to, is a sequence.
  mutating func isSequence() throws(FormatError) -> Bool {
    if cursor.peek(UInt8.self) == MarshalCode.smallTuple { return true }
    var lookAhead = cursor
    let code = try lookAhead.byte("a type code") & ~MarshalCode.flag
    if code == MarshalCode.reference {
      let index = try lookAhead.integer(Int32.self, "a reference")
      guard case .container(let offset) = references[index] else { return false }
      return Self.isSequence(cursor.bytes[offset] & ~MarshalCode.flag)
    }
    return Self.isSequence(code)
  }

  private static func isSequence(_ code: UInt8) -> Bool {
    code == MarshalCode.smallTuple || code == MarshalCode.tuple || code == MarshalCode.list
  }

  /// Enters a sequence of a known length.
  @inline(__always)
  mutating func open(_ length: UInt8, _ what: StaticString) throws(FormatError) -> Resume? {
    if usualTuple(length) { return nil }
    return try openSequence(Int(length), what)
  }

  private mutating func openSequence(
    _ length: Int,
    _ what: StaticString
  ) throws(FormatError) -> Resume {
    let (code, resume) = try openContainer(what)
    guard Self.isSequence(code) else { throw unexpected(code, at: resume.start, what.description) }
    let size =
      code == MarshalCode.smallTuple
      ? Int(try cursor.byte("a size")) : try cursor.size(of: "a sequence")
    guard size == length else {
      throw FormatError(
        pstats: .notAProfile,
        at: resume.start,
        expected: what.description,
        found: "a tuple of \(size)"
      )
    }
    return resume
  }

  /// Enters a dict.
  mutating func openDict(_ what: StaticString) throws(FormatError) -> Resume {
    let (code, resume) = try openContainer(what)
    guard code == MarshalCode.dict else {
      throw unexpected(code, at: resume.start, what.description)
    }
    return resume
  }

  /// Leaves a container.
  @inline(__always)
  mutating func close(_ resume: Resume?) {
    guard let resume else { return }
    references.fill(resume.slot, .container(resume.start))
    guard let offset = resume.returnOffset else { return }
    cursor.offset = offset
    references.replays -= 1
  }

  private mutating func openContainer(
    _ what: StaticString
  ) throws(FormatError) -> (code: UInt8, resume: Resume) {
    var start = cursor.offset
    var (code, isFlagged) = try typeCode()
    guard code == MarshalCode.reference else {
      return (code, Resume(start: start, slot: references.reserve(if: isFlagged)))
    }
    let reference = try reference(at: start)
    guard case .container(let offset) = reference else {
      throw FormatError(
        pstats: .notAProfile,
        at: start,
        expected: what.description,
        found: "a reference to \(reference.name)"
      )
    }
    // The container is read again from its own offset; what it numbered is numbered already.
    let returnOffset = cursor.offset
    start = offset
    cursor.offset = offset
    references.beginReplay(before: returnOffset)
    (code, isFlagged) = try typeCode()
    return (code, Resume(start: start, returnOffset: returnOffset))
  }

  mutating func reference(at start: Int) throws(FormatError) -> MarshalReferences.Entry {
    let index = try cursor.integer(Int32.self, "a reference")
    guard let entry = references[index] else {
      throw FormatError(
        pstats: .malformed,
        at: start,
        expected: "a reference to one of \(references.count) objects",
        found: "reference \(index)"
      )
    }
    guard case .unfinished = entry else { return entry }
    throw FormatError(
      pstats: .malformed,
      at: start,
      expected: "a reference to a complete object",
      found: "reference \(index) to an object that contains it"
    )
  }

  // MARK: - Keys

  /// The next key, or nil at the end of the dict.
  @inline(__always)
  mutating func key() throws(FormatError) -> Key? {
    if let usual = usualKey() { return .function(usual) }
    return try rareKey()
  }

  private mutating func rareKey() throws(FormatError) -> Key? {
    let start = cursor.offset
    let (code, isFlagged) = try typeCode()
    switch code {
    case MarshalCode.null:
      return nil
    case MarshalCode.reference:
      let entry = try reference(at: start)
      if case .function(let function) = entry { return .function(function) }
      throw FormatError(
        pstats: .notAProfile,
        at: start,
        expected: "a function (file, line, name)",
        found: "a reference to \(entry.name)"
      )
    case MarshalCode.smallTuple, MarshalCode.tuple:
      return try inlineKey(code, at: start, slot: references.reserve(if: isFlagged))
    default:
      throw unexpected(code, at: start, "a function (file, line, name)")
    }
  }

  private mutating func inlineKey(
    _ code: UInt8,
    at start: Int,
    slot: Int?
  ) throws(FormatError) -> Key {
    let size =
      code == MarshalCode.smallTuple
      ? Int(try cursor.byte("a size")) : try cursor.size(of: "a tuple")
    if size == 1 {
      let text = try text("a text")
      if assembly.text(text).elementsEqual("__sampled__".utf8) { return .sampledMarker }
    }
    guard size == 3 else {
      throw FormatError(
        pstats: .notAProfile,
        at: start,
        expected: "a function (file, line, name)",
        found: "a tuple of \(size)"
      )
    }
    let file = try text("the file of a function")
    let line = try line()
    let name = try text("the name of a function")
    guard let function = assembly.function(file: file, line: line, name: name) else {
      throw endlessTexts
    }
    references.fill(slot, .function(function))
    return .function(function)
  }

  private mutating func line() throws(FormatError) -> Int {
    let start = cursor.offset
    let value = try integer("the line of a function")
    guard let line = Int(exactly: value) else {
      throw FormatError(
        pstats: .tooLarge,
        at: start,
        expected: "a line of 63 bits",
        found: "\(value)"
      )
    }
    return line
  }
}
