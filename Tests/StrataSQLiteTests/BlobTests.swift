// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery
import StrataTestSupport
import Testing

@testable import StrataSQLite

struct BlobTests {
  @Test(arguments: [
    (RandomRecords.Times.nanoseconds, TimeUnit.nanoseconds),
    (.microseconds, .microseconds), (.patched, .nanoseconds),
  ])
  func `the unit is the one in which the program measured`(
    times: RandomRecords.Times,
    unit: TimeUnit
  ) throws {
    let (bytes, _) = try functionsBlob(times)
    let blob = try ColumnarBlob(bytes.span, .functions, limit: .max)
    #expect(blob.unit == unit)
  }

  @Test func `a blob is written as the format's page says`() throws {
    var figures = FigureColumns(reservingCapacity: 2)
    for ticks in [(3.0, 3.0), (300.0, 305.0)] {
      try figures.append(
        CallStatistics(
          callCount: 1,
          primitiveCallCount: 1,
          selfTime: ticks.0 * 1e-9,
          cumulativeTime: ticks.1 * 1e-9
        )
      )
    }
    let (unit, columns) = figures.encoded
    let bytes = ColumnarBlob.assemble(unit: unit, ids: [1, 2], columns: columns)
    let expected: [[UInt8]] = [
      [1, 0, 2, 0, 0, 0],  // version, unit, rows
      [5, 2, 0, 0, 0, 2, 1],  // ids
      [1, 3, 0, 0, 0, 3, 0xAC, 2],  // self times
      [1, 2, 0, 0, 0, 0, 5],  // times in callees
      [0, 1, 0, 0, 0, 2],  // calls
      [0, 0, 0, 0, 0],  // recursive calls
      [0, 0, 0, 0, 0],  // patches
    ]
    #expect(Array(bytes.dropLast(ColumnarBlob.checksumLength)) == expected.flatMap(\.self))
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
    let bytes = try blob(StatsProfile(functions: functions))
    let decoded = try ColumnarBlob(bytes.span, .functions, limit: .max)
    #expect(decoded.unit == .seconds)
    let statistics = try decoded.decodeStatistics(bytes.span)
    #expect(statistics == functions.map(\.statistics))
    var nanoseconds: [Int64] = []
    try decoded.decodeSelfTimes(bytes.span, into: &nanoseconds)
    #expect(nanoseconds == [Int64](repeating: 0, count: 50))
  }

  @Test func `the nearest nanosecond is the same by the short way and the long one`() {
    var random = RandomRecords(seed: 2)
    for times in RandomRecords.Times.allCases {
      let different = (0..<5_000).map { _ in random.time(times) }.filter {
        Nanoseconds.nearest(to: $0) != Nanoseconds(nearestTo: $0)?.count
      }
      #expect(different == [])
    }
  }

  @Test(arguments: RandomRecords.Times.allCases)
  func `every prefix of a blob is refused`(times: RandomRecords.Times) throws {
    let (bytes, _) = try functionsBlob(times)
    let accepted = bytes.indices.filter { count in
      (try? decodeAll(Array(bytes[..<count]))) != nil
    }
    #expect(accepted == [])
  }

  @Test(arguments: RandomRecords.Times.allCases)
  func `every flipped bit is found`(times: RandomRecords.Times) throws {
    let (bytes, _) = try functionsBlob(times)
    let missed = (0..<8 * bytes.count).filter { bit in
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      return (try? decodeAll(flipped)) != nil
    }
    #expect(missed == [])
  }

  @Test(arguments: RandomRecords.Times.allCases)
  func `any bytes under a right checksum are values or an error, never a crash`(
    times: RandomRecords.Times
  ) throws {
    let (bytes, count) = try functionsBlob(times)
    var random = SeededGenerator(seed: 3)
    for _ in 0..<4_000 {
      var forged = Array(bytes.dropLast(ColumnarBlob.checksumLength))
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<forged.count, using: &random)
        forged[index] = .random(in: 0...255, using: &random)
      }
      forged.appendLittleEndian(CRC32C.checksum(of: forged.span))
      if let rows = try? decodeAll(forged) { #expect(rows <= Self.limit) }
    }
    #expect(try decodeAll(bytes) == count)
  }

  @Test func `a blob cannot ask for more rows than there are functions`() throws {
    var bytes: [UInt8] = [ColumnarBlob.version, 0]
    bytes.appendLittleEndian(UInt32.max)
    for _ in 0..<6 { bytes.appendColumn(.constant) { _ in } }
    bytes.appendLittleEndian(CRC32C.checksum(of: bytes.span))
    #expect(throws: BlobError(offset: 2, expected: "at most 500 rows", found: "4294967295")) {
      try decodeAll(bytes)
    }
  }

  private static let limit = 500

  private func functionsBlob(_ times: RandomRecords.Times) throws -> ([UInt8], Int) {
    var random = RandomRecords(seed: 4)
    let profile = random.profile(times, count: 40)
    return (try blob(profile), profile.functions.count)
  }

  private func blob(_ profile: StatsProfile) throws -> [UInt8] {
    var figures = FigureColumns(reservingCapacity: 0)
    for function in profile.functions { try figures.append(function.statistics) }
    let ids = profile.functions.indices.map { Int32($0 % 7 * 60 + $0 / 7 + 1) }
    return ColumnarBlob.assemble(
      unit: figures.encoded.unit,
      ids: ids,
      columns: figures.encoded.columns
    )
  }

  /// Decodes everything that a reader can ask for; returns the number of rows.
  @discardableResult
  private func decodeAll(_ bytes: [UInt8]) throws(BlobError) -> Int {
    let known = Int32(Self.limit)
    let blob = try ColumnarBlob(bytes.span, .functions, limit: known)
    var ids: [Int32] = []
    try blob.decodeIDs(bytes.span, known: known, into: &ids)
    var values: [Int64] = []
    try blob.decodeSelfTimes(bytes.span, into: &values)
    try blob.decodeCumulativeTimes(bytes.span, into: &values)
    return try blob.decodeStatistics(bytes.span).count
  }
}

#endif
