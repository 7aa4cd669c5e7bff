// SPDX-License-Identifier: Apache-2.0

/// Looks for the first damage in a marshal file, whatever the file holds.
///
/// It is asked when a file does not look like statistics: "the file ends inside a string" helps
/// more than "expected a dict, found a string".
struct MarshalScanner {
  /// CPython's own limit (`MAX_MARSHAL_STACK_DEPTH`).
  private static let maximumDepth = 2000

  /// A container that is being read.
  private enum Container {
    /// A sequence or set, with the number of elements to come.
    case sequence(remaining: Int)
    /// A dict, which ends at an end marker.
    case dict

    var isComplete: Bool {
      if case .sequence(let remaining) = self { return remaining == 0 }
      return false
    }

    mutating func countElement() {
      if case .sequence(let remaining) = self { self = .sequence(remaining: remaining - 1) }
    }
  }

  private var cursor: MarshalCursor
  private let dialect: PstatsParser.Dialect
  private var referenceCount = 0
  private var internedCount = 0
  private var open: [Container] = []

  init(_ bytes: [UInt8], dialect: PstatsParser.Dialect) {
    self.cursor = MarshalCursor(bytes)
    self.dialect = dialect
  }

  /// Reads one object with all its parts.
  ///
  /// - Throws: ``FormatError`` at the first damage.
  consuming func scan() throws(FormatError) {
    repeat {
      try object()
      while let last = open.last, last.isComplete { open.removeLast() }
    } while !open.isEmpty
  }

  private mutating func object() throws(FormatError) {
    let start = cursor.offset
    guard open.count <= Self.maximumDepth else {
      throw FormatError(
        pstats: .malformed,
        at: start,
        expected: "at most \(Self.maximumDepth) nested objects",
        found: "one more"
      )
    }
    let byte = try cursor.byte("a type code")
    let code = byte & ~MarshalCode.flag
    if code == MarshalCode.null { return try null(at: start) }
    if !open.isEmpty { open[open.count - 1].countElement() }
    if byte & MarshalCode.flag != 0, MarshalCode.isNumbered(code) { referenceCount += 1 }
    try content(of: code, at: start)
  }

  private mutating func null(at start: Int) throws(FormatError) {
    guard case .dict = open.last else {
      throw FormatError(
        pstats: .malformed,
        at: start,
        expected: "an object",
        found: "the end of a dict"
      )
    }
    open[open.count - 1] = .sequence(remaining: 0)
  }

  private mutating func content(of code: UInt8, at start: Int) throws(FormatError) {
    switch code {
    case MarshalCode.none, MarshalCode.true, MarshalCode.false, MarshalCode.ellipsis,
      MarshalCode.stopIteration:
      break
    case MarshalCode.int32: _ = try cursor.integer(Int32.self, "an int")
    case MarshalCode.int64: _ = try cursor.integer(Int64.self, "an int")
    case MarshalCode.long: _ = try cursor.long()
    case MarshalCode.float: _ = try cursor.float()
    case MarshalCode.textFloat: _ = try cursor.textFloat()
    case MarshalCode.complex: _ = try cursor.range(16, "a complex number")
    case MarshalCode.textComplex: _ = (try cursor.textFloat(), try cursor.textFloat())
    case MarshalCode.shortASCII, MarshalCode.shortASCIIInterned:
      _ = try cursor.range(Int(try cursor.byte("a size")), "a string")
    case MarshalCode.ascii, MarshalCode.asciiInterned, MarshalCode.bytes, MarshalCode.unicode,
      MarshalCode.interned:
      try longText(code)
    case MarshalCode.reference, MarshalCode.internedReference:
      try reference(code, at: start)
    default: try container(code, at: start)
    }
  }

  private mutating func longText(_ code: UInt8) throws(FormatError) {
    let range = try cursor.range(try cursor.size(of: "a string"), "a string")
    if code == MarshalCode.interned { internedCount += 1 }
    let isText =
      code == MarshalCode.unicode || (code == MarshalCode.interned && dialect == .python3)
    if isText { try cursor.checkUTF8(range) }
  }

  private mutating func reference(_ code: UInt8, at start: Int) throws(FormatError) {
    let isInterned = code == MarshalCode.internedReference
    let count = isInterned && dialect == .python2 ? internedCount : isInterned ? 0 : referenceCount
    let index = try cursor.integer(Int32.self, "a reference")
    guard (0..<count).contains(Int(index)) else {
      throw FormatError(
        pstats: .malformed,
        at: start,
        expected: "a reference to one of \(count) objects",
        found: "reference \(index)"
      )
    }
  }

  private mutating func container(_ code: UInt8, at start: Int) throws(FormatError) {
    switch code {
    case MarshalCode.smallTuple:
      open.append(.sequence(remaining: Int(try cursor.byte("a size"))))
    case MarshalCode.tuple, MarshalCode.list, MarshalCode.set, MarshalCode.frozenSet:
      open.append(.sequence(remaining: try cursor.size(of: "a sequence")))
    case MarshalCode.dict:
      open.append(.dict)
    default:
      throw FormatError(
        pstats: .malformed,
        at: start,
        expected: "a type code of marshal",
        found: "0x\(String(code, radix: 16))"
      )
    }
  }
}
