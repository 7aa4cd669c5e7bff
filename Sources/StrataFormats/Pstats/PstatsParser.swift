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
  var functions = FunctionTable()
  var isSampled = false

  private var rows: [StatsProfile.Row] = []
  private var edges: [StatsProfile.Edge] = []
  var wideCounts = WideCounts()
  /// The row of each function, or -1.
  private var rowOfFunction: [Int32] = []
  /// The edge of each caller in the row being read: valid if at or after the row's first edge.
  private var edgeOfCaller: [Int32] = []
  private var repeated: [Int32] = []
  /// How many functions and callers were read, those that replaced others among them, and bytes of
  /// texts that were read again.
  private var work = 0

  /// Forgets the last dump but not the memory it took, and stands at the start of another.
  private mutating func reset(_ bytes: [UInt8], _ dialect: Dialect) {
    let density = DumpDensity(bytes.count)
    self.dialect = dialect
    cursor = MarshalCursor(bytes)
    references.reset(capacity: density.references)
    functions.reset(bytes, capacity: density.functions)
    isSampled = false
    rows = []
    rows.reserveCapacity(density.functions)
    edges = []
    edges.reserveCapacity(density.edges)
    rowOfFunction.removeAll(keepingCapacity: true)
    edgeOfCaller.removeAll(keepingCapacity: true)
    wideCounts = WideCounts()
    repeated = []
    work = 0
  }

  /// Reads the whole dump.
  ///
  /// A dump that does not look like statistics may be damaged further on; the damage then says
  /// more than the look, so it is searched for first.
  mutating func dump(_ bytes: [UInt8], as dialect: Dialect) throws(PstatsError) -> PstatsDump {
    reset(bytes, dialect)
    defer { reset([], .python3) }
    do {
      try entries()
    } catch let error {
      if error.code == .notStatistics {
        try MarshalScanner(cursor.bytes, dialect: dialect).scan()
      }
      throw error
    }
    return finished()
  }

  // MARK: - Grammar

  private mutating func entries() throws(PstatsError) {
    let start = cursor.offset
    let (code, isFlagged) = try typeCode()
    guard code == MarshalCode.dict else {
      throw unexpected(code, at: start, "a dict of statistics")
    }
    let slot = references.reserve(if: isFlagged)
    while let key = try key() {
      if try isNull() { break }
      switch key {
      case .function(let function): try entry(of: function)
      case .sampledMarker: try marker()
      }
    }
    references.fill(slot, .container(start))
  }

  /// The value of one function: `(cc, nc, tt, ct, callers)`.
  private mutating func entry(of function: Int32) throws(PstatsError) {
    let (figures, resume) = try figures(
      of: 5,
      "a tuple (cc, nc, tt, ct, callers)",
      first: "a number of primitive calls",
      second: "a number of calls"
    )
    let firstEdge = edges.count
    try callers()
    close(resume)
    let row = StatsProfile.Row(
      function: function,
      firstEdge: Int32(firstEdge),
      edgeCount: Int32(edges.count - firstEdge),
      figures: figures.withCountsExchanged
    )
    try add(row)
  }

  /// Enters a tuple that begins with two counts and two times, and reads these.
  @inline(__always)
  private mutating func figures(
    of length: UInt8,
    _ what: StaticString,
    first: StaticString,
    second: StaticString
  ) throws(PstatsError) -> (CompactFigures, Resume?) {
    if let usual = usualFigures(of: length) { return (usual, nil) }
    let resume = try open(length, what)
    let figures = CompactFigures(
      callCount: try count(first),
      primitiveCallCount: try count(second),
      selfTime: try time("a self time"),
      cumulativeTime: try time("a cumulative time")
    )
    return (figures, resume)
  }

  /// A key given twice keeps its place and takes the last value, as in a Python dict.
  private mutating func add(_ row: StatsProfile.Row) throws(PstatsError) {
    let function = Int(row.function)
    rowOfFunction.grow(toHold: function)
    let known = rowOfFunction[function]
    if known < 0 {
      rowOfFunction[function] = Int32(rows.count)
      rows.append(row)
    } else {
      rows[Int(known)] = row
      repeated.append(row.function)
    }
    try count(work: 1)
  }

  private mutating func callers() throws(PstatsError) {
    let resume = try openDict("a dict of callers")
    let firstEdge = Int32(edges.count)
    var start = cursor.offset
    while let key = try key() {
      guard case .function(let caller) = key else {
        throw PstatsError(
          .notStatistics,
          at: start,
          expected: "a caller (file, line, name)",
          found: "a tuple of 1"
        )
      }
      if try isNull() { break }
      add(try edge(from: caller), firstEdge: firstEdge)
      try count(work: 1)
      start = cursor.offset
    }
    close(resume)
  }

  private mutating func add(_ edge: StatsProfile.Edge, firstEdge: Int32) {
    let caller = Int(edge.caller)
    edgeOfCaller.grow(toHold: caller)
    if edgeOfCaller[caller] >= firstEdge {
      edges[Int(edgeOfCaller[caller])] = edge
    } else {
      edgeOfCaller[caller] = Int32(edges.count)
      edges.append(edge)
    }
  }

  /// The value of one caller: `(nc, cc, tt, ct)`, or a count.
  @inline(__always)
  private mutating func edge(from caller: Int32) throws(PstatsError) -> StatsProfile.Edge {
    if let usual = usualFigures(of: 4) { return StatsProfile.Edge(caller: caller, figures: usual) }
    return try rareEdge(from: caller)
  }

  private mutating func rareEdge(from caller: Int32) throws(PstatsError) -> StatsProfile.Edge {
    guard try isSequence() else {
      let count = try count("a caller's (nc, cc, tt, ct)")
      return StatsProfile.Edge(caller: caller, callCount: count)
    }
    let (figures, resume) = try figures(
      of: 4,
      "a tuple (nc, cc, tt, ct)",
      first: "a caller's number of calls",
      second: "a caller's number of primitive calls"
    )
    close(resume)
    return StatsProfile.Edge(caller: caller, figures: figures)
  }

  /// `('__sampled__',): True`, by which Python 3.15 marks samples.
  private mutating func marker() throws(PstatsError) {
    let start = cursor.offset
    let (code, _) = try typeCode()
    guard code == MarshalCode.true || code == MarshalCode.false else {
      throw unexpected(code, at: start, "a bool after the key '__sampled__'")
    }
    isSampled = code == MarshalCode.true
  }

  /// References can repeat a dict of callers for five bytes: no honest dump grows by that, and a
  /// hostile one must not, neither in memory nor (where a dict names one caller again and again,
  /// or one with a name of a million bytes) in time.
  mutating func count(work amount: Int) throws(PstatsError) {
    work += amount
    guard work > cursor.bytes.count else { return }
    throw PstatsError(
      .notStatistics,
      at: cursor.offset,
      expected: "at most one caller per byte of the dump",
      found: "references that repeat callers without end"
    )
  }

  // MARK: - Result

  private func finished() -> PstatsDump {
    let functions = functions.list
    var warnings: [ProfileWarning] = []
    if rows.isEmpty { warnings.append(.empty) }
    if isSampled { warnings.append(.sampled) }
    warnings += repeated.map { .repeatedFunction(functions[Int($0)]) }
    let rest = cursor.bytes.count - cursor.offset
    if rest > 0 { warnings.append(.trailingBytes(count: rest, offset: cursor.offset)) }
    let writer = writer(functions)
    let profile = StatsProfile(
      functionTable: functions,
      rows: rows,
      edges: edges,
      wideCounts: wideCounts
    )
    return PstatsDump(profile: profile, writer: writer, warnings: warnings)
  }

  private func writer(_ functions: FunctionList) -> PstatsDump.Writer {
    if isSampled { return .sampling }
    let root = Function(file: "profile", line: 0, name: "profiler")
    let hasRoot = rows.contains { row in
      functions.entries[Int(row.function)].line == 0 && functions[Int(row.function)] == root
    }
    return hasRoot ? .profile : .cProfile
  }
}

extension [Int32] {
  /// Appends -1 until an index exists.
  fileprivate mutating func grow(toHold index: Int) {
    while count <= index { append(-1) }
  }
}

extension CompactFigures {
  /// The figures of a function: there the primitive calls stand first.
  fileprivate var withCountsExchanged: CompactFigures {
    CompactFigures(
      callCount: primitiveCallCount,
      primitiveCallCount: callCount,
      selfTime: selfTime,
      cumulativeTime: cumulativeTime
    )
  }
}
