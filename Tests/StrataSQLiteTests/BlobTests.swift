// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

struct BlobTests {
  @Test(arguments: [
    (RandomRecords.Times.nanoseconds, TimeUnit.nanoseconds),
    (.microseconds, .microseconds), (.patched, .nanoseconds), (.any, .seconds),
  ])
  func `the unit is the one in which the program measured`(
    times: RandomRecords.Times,
    unit: TimeUnit
  ) throws {
    #expect(try Sample(times).encoded.unit == unit)
  }

  @Test func `blobs are written as the format's page says`() throws {
    let functions = [(3.0, 3.0), (300.0, 305.0)].enumerated().map { line, ticks in
      let statistics = CallStatistics(
        callCount: 1,
        primitiveCallCount: 1,
        selfTime: ticks.0 * 1e-9,
        cumulativeTime: ticks.1 * 1e-9
      )
      return FunctionProfile(
        function: Function(file: "a.py", line: line, name: "f"),
        statistics: statistics,
        callers: [
          CallEdge(
            caller: Function(file: "a.py", line: 1, name: "f"),
            figures: .full(line == 0 ? statistics : .zero)
          )
        ]
      )
    }
    let encoded = try EncodedProfile(StatsProfile(functions: functions))
    let selfTimes: [UInt8] = [2, 6, 0, 0, 0, 0x00, 0x21, 0b1110, 3, 0x2C, 1]
    let figures: [UInt8] = [1, 3, 0, 0, 0, 1, 1, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    #expect(Array(encoded.selfTimes.dropLast(4)) == selfTimes)
    #expect(Array(encoded.figures.dropLast(4)) == figures)
    // The first function's edge is what the function has; that of the second one is stored.
    let edgesCount = 7 * ColumnSlot.headerLength + SealedBlob.checksumLength + 4
    #expect(encoded.edges?.count == edgesCount)
  }

  @Test func `times of every size that no unit fits are kept as bits`() throws {
    var random = SeededGenerator(seed: 1)
    let functions = (0..<50).map { line in
      let time = Double.random(in: 1e-30...1e-20, using: &random)
      return FunctionProfile(
        function: Function(file: "a.py", line: line, name: "f"),
        statistics: CallStatistics(
          callCount: 1,
          primitiveCallCount: 1,
          selfTime: time,
          cumulativeTime: -time
        )
      )
    }
    let sample = try Sample(StatsProfile(functions: functions))
    #expect(sample.encoded.unit == .seconds)
    #expect(try sample.decode().selfTimes == functions.map(\.statistics.selfTime))
    #expect(try sample.decode().cumulativeTimes == functions.map(\.statistics.cumulativeTime))
    #expect(try sample.nanoseconds() == [Int64](repeating: 0, count: 50))
  }

  @Test func `the nearest nanosecond is the same by the short way and the long one`() {
    var random = RandomRecords(seed: 2)
    for times in RandomRecords.Times.allCases {
      let seconds = (0..<5_000).map { _ in random.time(times) }
      var inexact = InexactTimes()
      let nanoseconds = seconds.enumerated().map { inexact.nanoseconds($1, $0) }
      #expect(nanoseconds == seconds.map { Nanoseconds(nearestTo: $0)?.count })
    }
  }

  @Test func `the last edge of a function is left out where the others tell it`() throws {
    var random = SeededGenerator(seed: 7)
    func column(_ count: Int) -> [Int64] {
      (0..<count).map { _ in .random(in: 0...1_000_000, using: &random) }
    }
    let edgeCounts: [Int64] = [3, 0, 1, 2, 5]
    let edges = FigureTicks(
      selfTimes: column(11),
      calleeTimes: column(11),
      callCounts: column(11),
      recursiveCallCounts: column(11)
    )
    func sums(_ edges: [Int64]) -> [Int64] {
      var next = 0
      return edgeCounts.map { count in
        next += Int(count)
        return edges[next - Int(count)..<next].reduce(0, +)
      }
    }
    var functions = FigureTicks(
      selfTimes: sums(edges.selfTimes),
      calleeTimes: sums(edges.calleeTimes),
      callCounts: sums(edges.callCounts),
      recursiveCallCounts: sums(edges.recursiveCallCounts)
    )
    let columns = EdgeColumns(figures: edges, edgeCounts: edgeCounts)
    let allDerived = columns.blob(.nanoseconds, functions: functions, patches: [])
    functions.callCounts[3] += 1
    let oneStored = columns.blob(.nanoseconds, functions: functions, patches: [])
    #expect(allDerived.count < oneStored.count)
    var decoded = EdgeColumns(edgeCounts: edgeCounts)
    try decoded.decode(
      oneStored.span,
      EdgeSlots(oneStored.span),
      .nanoseconds,
      functions: functions
    )
    #expect(decoded.figures.selfTimes == edges.selfTimes)
    #expect(decoded.figures.calleeTimes == edges.calleeTimes)
    #expect(decoded.figures.callCounts == edges.callCounts)
    #expect(decoded.figures.recursiveCallCounts == edges.recursiveCallCounts)
  }

  @Test(arguments: RandomRecords.Times.allCases)
  func `every prefix of a blob is refused`(times: RandomRecords.Times) throws {
    let sample = try Sample(times)
    for (blob, bytes) in sample.blobs {
      let accepted = bytes.indices.filter { count in
        (try? sample.decodeAll(replacing: blob, by: Array(bytes[..<count]))) != nil
      }
      #expect(accepted == [])
    }
  }

  @Test(arguments: RandomRecords.Times.allCases)
  func `every flipped bit is found`(times: RandomRecords.Times) throws {
    let sample = try Sample(times)
    for (blob, bytes) in sample.blobs {
      let missed = (0..<8 * bytes.count).filter { bit in
        var flipped = bytes
        flipped[bit / 8] ^= 1 << UInt8(bit % 8)
        return (try? sample.decodeAll(replacing: blob, by: flipped)) != nil
      }
      #expect(missed == [])
    }
  }

  @Test func `a blob of another row or column is refused`() throws {
    let sample = try Sample(.nanoseconds)
    for (blob, bytes) in sample.blobs {
      try SealedBlob.check(bytes.span, at: Sample.place(of: blob))
      for row: Int64 in [-7, 0, 6, 8, 1 << 40] {
        #expect(throws: BlobError.self) {
          try SealedBlob.check(bytes.span, at: Sample.place(of: blob, row: row))
        }
      }
      for other in Sample.Blob.allCases where other != blob {
        #expect(throws: BlobError.self) {
          try SealedBlob.check(bytes.span, at: Sample.place(of: other))
        }
      }
    }
  }

  @Test(arguments: RandomRecords.Times.allCases)
  func `any bytes under a right checksum are values or an error, never a crash`(
    times: RandomRecords.Times
  ) throws {
    let sample = try Sample(times)
    var random = SeededGenerator(seed: 3)
    for (blob, bytes) in sample.blobs {
      for _ in 0..<1_500 {
        var forged = Array(bytes.dropLast(SealedBlob.checksumLength))
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let index = Int.random(in: 0..<forged.count, using: &random)
          forged[index] = .random(in: 0...255, using: &random)
        }
        let sealed = SealedBlob.bind(SealedBlob.sealed(forged), to: Sample.place(of: blob))
        try? sample.decodeAll(replacing: blob, by: sealed)
      }
    }
    try sample.decodeAll()
  }

  @Test func `a blob cannot ask for more rows than there are functions`() throws {
    var bytes: [UInt8] = []
    bytes.appendEmptyColumn()
    let blob = SealedBlob.sealed(bytes)
    var ids: [Int32] = []
    #expect(throws: BlobError(offset: 0, expected: "at most 500 rows", found: "501")) {
      try Shape.decodeFunctions(blob.span, count: 501, known: 500, into: &ids)
    }
  }
}

/// An encoded profile with its shape, and all the ways in which it is read.
private struct Sample {
  enum Blob: CaseIterable {
    case functions, selfTimes, figures, edgeShape, edges
  }

  let profile: StatsProfile
  let encoded: EncodedProfile
  let shape: Shape
  var blobs: [Blob: [UInt8]]

  init(_ times: RandomRecords.Times) throws {
    var random = RandomRecords(seed: 4)
    try self.init(random.profile(times, count: 40))
  }

  init(_ profile: StatsProfile) throws {
    self.profile = profile
    encoded = try EncodedProfile(profile)
    let rows = profile.rows.count
    let functions = (0..<rows).map { row -> Int32 in
      let id: Int = row % 7 * 60 + row / 7
      return Int32(id + 1)
    }
    let edges = (0..<profile.edges.count).map { edge -> Int32 in Int32(edge * 31 % 400 + 1) }
    shape = Shape(
      functions: functions,
      edges: edges,
      edgeCounts: encoded.edgeCounts
    )
    var blobs: [Blob: [UInt8]] = [:]
    blobs[.functions] = shape.functionBlob
    blobs[.selfTimes] = encoded.selfTimes
    blobs[.figures] = encoded.figures
    blobs[.edgeShape] = shape.edgeBlob
    blobs[.edges] = encoded.edges
    for (blob, bytes) in blobs { blobs[blob] = SealedBlob.bind(bytes, to: Self.place(of: blob)) }
    self.blobs = blobs
  }

  private func span<Result>(
    _ blob: Blob,
    _ body: (Span<UInt8>) throws -> Result
  ) throws -> Result {
    let bytes = blobs[blob] ?? []
    try SealedBlob.check(bytes.span, at: Self.place(of: blob))
    return try body(bytes.span)
  }

  static func place(of blob: Blob, row: Int64 = 7) -> BlobPlace {
    let column: BlobPlace.Column =
      switch blob {
      case .functions: .captureFunctions
      case .selfTimes: .captureSelfTimes
      case .figures: .captureFigures
      case .edgeShape: .captureEdges
      case .edges: .captureEdgeFigures
      }
    return BlobPlace(column: column, row: row)
  }

  func decode() throws -> (selfTimes: [Double], cumulativeTimes: [Double]) {
    let ticks = try self.ticks()
    return try span(.figures) { bytes in
      try ticks.seconds(encoded.unit, bytes, patches: try FigureSlots(bytes).patches)
    }
  }

  func nanoseconds() throws -> [Int64] {
    var ticks = try self.ticks()
    try span(.figures) { bytes in
      try ticks.convertToNanoseconds(encoded.unit, try FigureSlots(bytes).calleeTimes)
    }
    return ticks.selfTimes
  }

  private func ticks() throws -> FigureTicks {
    var ticks = FigureTicks()
    let count = profile.rows.count
    try span(.selfTimes) {
      _ = try FigureTicks.decodeSelfTimes($0, encoded.unit, count: count, into: &ticks.selfTimes)
    }
    try span(.figures) {
      try ticks.decodeFigures($0, try FigureSlots($0), encoded.unit, count: count)
    }
    return ticks
  }

  /// Decodes everything that a reader can ask for.
  func decodeAll(replacing blob: Blob? = nil, by bytes: [UInt8] = []) throws {
    var sample = self
    if let blob { sample.blobs[blob] = bytes }
    var shape = Shape()
    try sample.span(.functions) {
      try Shape.decodeFunctions(
        $0,
        count: profile.rows.count,
        known: 500,
        into: &shape.functions
      )
    }
    try sample.span(.edgeShape) {
      try shape.decodeEdges($0, count: profile.edges.count, known: 500)
    }
    _ = try sample.decode()
    let ticks = try sample.ticks()
    guard encoded.edges != nil else { return }
    var edges = EdgeColumns(edgeCounts: shape.edgeCounts)
    try sample.span(.edges) { bytes in
      let slots = try EdgeSlots(bytes)
      try edges.decode(bytes, slots, encoded.unit, functions: ticks)
      _ = try edges.figures.seconds(encoded.unit, bytes, patches: slots.figures.patches)
    }
  }
}

#endif
