// SPDX-License-Identifier: Apache-2.0

/// Puts a profile together in the order in which a dump lists it: functions as they are named, and
/// row after row, the callers of each before it.
package struct ProfileAssembly: Sendable {
  /// Where a function is.
  private struct Place {
    /// Its row, or -1.
    var row: Int32 = -1
    /// Its edge as a caller in the row that is open: valid if at or after the row's first edge.
    var edge: Int32 = -1
  }

  private var functions = DumpInterner()
  private var places: [Place] = []
  private var rows: [StatsProfile.Row] = []
  private var edges: [StatsProfile.Edge] = []
  private var wideCounts = WideCounts()
  /// The first edge of the row that is open.
  private var firstEdge: Int32 = 0
  /// The functions that came twice: the later row took the place of the earlier one.
  package private(set) var repeated: [Int32] = []

  /// Creates an assembly of nothing.
  package init() {}

  /// Forgets everything but its memory, and makes room for a profile whose texts are in `bytes`.
  package mutating func reset(
    _ bytes: [UInt8],
    functionCapacity: Int,
    edgeCapacity: Int
  ) {
    functions.reset(bytes, capacity: functionCapacity)
    places.removeAll(keepingCapacity: true)
    places.reserveCapacity(functionCapacity)
    rows.removeAll(keepingCapacity: true)
    rows.reserveCapacity(functionCapacity)
    edges.removeAll(keepingCapacity: true)
    edges.reserveCapacity(edgeCapacity)
    wideCounts = WideCounts()
    firstEdge = 0
    repeated = []
  }

  /// The profile so far, and no more of it here.
  package mutating func takeProfile() -> StatsProfile {
    defer { (rows, edges, wideCounts, repeated) = ([], [], WideCounts(), []) }
    if !repeated.isEmpty { dropReplacedEdges() }
    return StatsProfile(
      functionTable: functions.takeList(),
      rows: rows,
      edges: edges,
      wideCounts: wideCounts
    )
  }

  /// Leaves out the callers of rows that others took the place of.
  private mutating func dropReplacedEdges() {
    let all = edges
    edges.removeAll(keepingCapacity: true)
    for row in rows.indices {
      let range = rows[row].edgeRange
      rows[row].firstEdge = Int32(edges.count)
      edges += all[range]
    }
  }

  // MARK: - Functions

  /// Numbers the text in a range of the bytes.
  package mutating func addText(_ range: Range<Int>) -> Int32 { functions.addText(range) }

  /// Numbers the text in a range of the bytes if it is ASCII; else returns nil.
  package mutating func addASCII(_ range: Range<Int>) -> Int32? { functions.addASCII(range) }

  /// Numbers a text that is not in the bytes in this form.
  package mutating func addText(_ text: [UInt8]) -> Int32 { functions.addText(text) }

  /// The bytes of a text.
  package func text(_ number: Int32) -> ArraySlice<UInt8> { functions.text(number) }

  /// The number of a function, given its line and the numbers of its texts; nil where functions
  /// name more of long texts than they may.
  package mutating func function(file: Int32, line: Int, name: Int32) -> Int32? {
    guard let number = functions.number(file: file, line: line, name: name) else { return nil }
    if Int(number) == places.count { places.append(Place()) }
    return number
  }

  // MARK: - Rows

  /// Adds a caller to the row that is open; one given twice takes the last figures.
  package mutating func addCaller(_ caller: Int32, _ figures: CallEdge.Figures) {
    add(StatsProfile.Edge(caller: caller, figures, &wideCounts))
  }

  /// Adds a caller whose counts have 31 bits.
  package mutating func addCaller(
    _ caller: Int32,
    callCount: Int32,
    primitiveCallCount: Int32,
    selfTime: Double,
    cumulativeTime: Double
  ) {
    let figures = CompactFigures(
      callCount: callCount,
      primitiveCallCount: primitiveCallCount,
      selfTime: selfTime,
      cumulativeTime: cumulativeTime
    )
    add(StatsProfile.Edge(caller: caller, figures: figures, isCountOnly: false))
  }

  @inline(__always)
  private mutating func add(_ edge: StatsProfile.Edge) {
    let known = places[Int(edge.caller)].edge
    if known >= firstEdge {
      edges[Int(known)] = edge
    } else {
      places[Int(edge.caller)].edge = Int32(truncatingIfNeeded: edges.count)
      edges.append(edge)
    }
  }

  /// Closes the row that is open.
  package mutating func addRow(_ function: Int32, _ statistics: CallStatistics) {
    add(function, CompactFigures(statistics, &wideCounts))
  }

  /// Closes the row that is open, with counts that have 31 bits.
  package mutating func addRow(
    _ function: Int32,
    callCount: Int32,
    primitiveCallCount: Int32,
    selfTime: Double,
    cumulativeTime: Double
  ) {
    let figures = CompactFigures(
      callCount: callCount,
      primitiveCallCount: primitiveCallCount,
      selfTime: selfTime,
      cumulativeTime: cumulativeTime
    )
    add(function, figures)
  }

  /// A function given twice keeps its place and takes the last row, as in a Python dict.
  @inline(__always)
  private mutating func add(_ function: Int32, _ figures: CompactFigures) {
    let row = StatsProfile.Row(
      function: function,
      firstEdge: firstEdge,
      edgeCount: Int32(edges.count) - firstEdge,
      figures: figures
    )
    firstEdge = Int32(edges.count)
    let known = places[Int(function)].row
    if known < 0 {
      places[Int(function)].row = Int32(rows.count)
      rows.append(row)
    } else {
      rows[Int(known)] = row
      repeated.append(function)
    }
  }
}
