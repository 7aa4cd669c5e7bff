// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Reads a dump in one pass, into the columns of a profile.
///
/// The grammar, in the words of `Lib/cProfile.py`:
/// ```
/// dump    = { key: (cc, nc, tt, ct, callers), … }
/// callers = { key: (nc, cc, tt, ct), … }            cProfile: nc and cc change places
///         | { key: count, … }                       profile
/// key     = (file, line, name)
/// ```
/// Any object may be a reference to an earlier one. Texts and keys are numbered as they come, so a
/// reference to them costs a look-up in an array.
struct PstatsParser {
  /// Whose rules for text hold.
  enum Dialect { case python2, python3 }

  private(set) var dialect = Dialect.python3
  var cursor = MarshalCursor([])
  var references = MarshalReferences()
  var assembly = ProfileAssembly()
  private var isSampled = false
  /// How much reading containers again has added: the number of callers, plus texts in units of 32 bytes.
  private var repetitions = 0
  /// How many repetitions any dump may have; they take 4 MiB.
  private static let freeRepetitions = 1 << 17
  /// How many bytes of the dump allow one repetition more, which takes 32 bytes.
  private static let bytesPerRepetition = 8

  /// Forgets the last dump but not the memory it took, and moves to the start of another.
  private mutating func reset(_ bytes: [UInt8], _ dialect: Dialect) {
    let density = DumpDensity(bytes.count)
    self.dialect = dialect
    cursor = MarshalCursor(bytes)
    references.reset(capacity: density.references)
    assembly.reset(
      bytes,
      functionCapacity: density.functions,
      edgeCapacity: density.edges
    )
    isSampled = false
    repetitions = 0
  }

  /// Reads the whole dump.
  ///
  /// A dump that does not look like statistics may be damaged further on; the damage then says
  /// more than the look, so it is searched for first.
  mutating func dump(_ bytes: [UInt8], as dialect: Dialect) throws(FormatError) -> PstatsDump {
    reset(bytes, dialect)
    defer { reset([], .python3) }
    do {
      try entries()
    } catch let error {
      if error.code == .notAProfile {
        try MarshalScanner(cursor.bytes, dialect: dialect).scan()
      }
      throw error
    }
    return finished()
  }

  // MARK: - Grammar

  private mutating func entries() throws(FormatError) {
    let start = cursor.offset
    let (code, isFlagged) = try typeCode()
    guard code == MarshalCode.dict else {
      throw unexpected(code, at: start, "a dict of statistics")
    }
    let slot = references.reserve(if: isFlagged)
    while let key = try key() {
      if isNull() { break }
      switch key {
      case .function(let function): try entry(of: function)
      case .sampledMarker: try marker()
      }
    }
    references.fill(slot, .container(start))
  }

  /// The value of one function: `(cc, nc, tt, ct, callers)`.
  private mutating func entry(of function: Int32) throws(FormatError) {
    guard let usual = usualFigures(of: 5) else { return try rareEntry(of: function) }
    try callers()
    assembly.addRow(
      function,
      callCount: usual.second,
      primitiveCallCount: usual.first,
      selfTime: usual.selfTime,
      cumulativeTime: usual.cumulativeTime
    )
  }

  private mutating func rareEntry(of function: Int32) throws(FormatError) {
    let resume = try open(5, "a tuple (cc, nc, tt, ct, callers)")
    let primitiveCallCount = try integer("a number of primitive calls")
    let statistics = CallStatistics(
      callCount: try integer("a number of calls"),
      primitiveCallCount: primitiveCallCount,
      selfTime: try time("a self time"),
      cumulativeTime: try time("a cumulative time")
    )
    try callers()
    close(resume)
    assembly.addRow(function, statistics)
  }

  private mutating func callers() throws(FormatError) {
    if usualDict() { return try callersOfOpenDict() }
    let resume = try openDict("a dict of callers")
    try callersOfOpenDict()
    close(resume)
  }

  @inline(__always)
  private mutating func callersOfOpenDict() throws(FormatError) {
    try usualCallers()
    while !isNull() {
      let start = cursor.offset
      guard case .function(let caller)? = try key() else {
        throw FormatError(
          pstats: .notAProfile,
          at: start,
          expected: "a caller (file, line, name)",
          found: "a tuple of 1"
        )
      }
      if isNull() { break }
      try figures(of: caller)
      try usualCallers()
    }
  }

  /// The value of one caller: `(nc, cc, tt, ct)`, or a count.
  private mutating func figures(of caller: Int32) throws(FormatError) {
    try count(repetitions: 1)
    if let usual = usualFigures(of: 4) { return assembly.addCaller(caller, usual) }
    guard try isSequence() else {
      let count = try integer("a caller's (nc, cc, tt, ct)")
      return assembly.addCaller(caller, .countOnly(count))
    }
    let resume = try open(4, "a tuple (nc, cc, tt, ct)")
    let statistics = CallStatistics(
      callCount: try integer("a caller's number of calls"),
      primitiveCallCount: try integer("a caller's number of primitive calls"),
      selfTime: try time("a caller's self time"),
      cumulativeTime: try time("a caller's cumulative time")
    )
    close(resume)
    assembly.addCaller(caller, .full(statistics))
  }

  /// `('__sampled__',): True`, by which Python 3.15 marks samples.
  private mutating func marker() throws(FormatError) {
    let start = cursor.offset
    let (code, _) = try typeCode()
    guard code == MarshalCode.true || code == MarshalCode.false else {
      throw unexpected(code, at: start, "a bool after the key '__sampled__'")
    }
    isSampled = code == MarshalCode.true
  }

  /// Counts what is added while a container is read again.
  ///
  /// A reference of five bytes can repeat a whole dict of callers. Real dumps hardly do that, and a
  /// hostile one must not use it to take memory and time: the limit grows with the bytes read so far.
  /// Bytes after the dump, such as a hole in the file, do not raise it.
  @inline(__always)
  mutating func count(repetitions count: Int) throws(FormatError) {
    guard references.replays > 0 else { return }
    repetitions += count
    guard repetitions <= Self.freeRepetitions + references.read / Self.bytesPerRepetition else {
      throw endlessRepetition
    }
  }

  private var endlessRepetition: FormatError {
    FormatError(
      pstats: .notAProfile,
      at: references.read,
      expected: "references that repeat at most \(Self.freeRepetitions) callers, plus one for each "
        + "\(Self.bytesPerRepetition) bytes of the dump so far",
      found: "references that repeat more"
    )
  }

  /// For functions that share long texts: thousands can differ in their line numbers alone.
  var endlessTexts: FormatError {
    FormatError(
      pstats: .notAProfile,
      at: max(references.read, cursor.offset),
      expected: "functions that share texts of at most 4352 bytes on average",
      found: "references that repeat more"
    )
  }

  // MARK: - Result

  private mutating func finished() -> PstatsDump {
    var known: Set<Int32> = []
    let repeated = assembly.repeated.filter { known.insert($0).inserted }
    let profile = assembly.takeProfile()
    let functions = repeated.isEmpty ? [] : profile.functionTable.functions
    var warnings: [Warning] = []
    if profile.rows.isEmpty { warnings.append(.empty) }
    if isSampled { warnings.append(.sampled) }
    warnings += repeated.map { .repeatedFunction(functions[Int($0)]) }
    let rest = cursor.bytes.count - cursor.offset
    if rest > 0 { warnings.append(.trailingBytes(count: rest, offset: cursor.offset)) }
    return PstatsDump(profile: profile, writer: writer(of: profile), warnings: warnings)
  }

  private func writer(of profile: StatsProfile) -> PstatsDump.Writer {
    if isSampled { return .sampling }
    let root = Function(file: "profile", line: 0, name: "profiler")
    guard let number = profile.functionTable.index(of: root) else { return .cProfile }
    return profile.rows.contains { $0.function == number } ? .profile : .cProfile
  }
}
