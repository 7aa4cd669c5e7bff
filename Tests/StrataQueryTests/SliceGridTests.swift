// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

struct SliceGridTests {
  private static let f = Function.at("a.py", 1, "f")

  private static func slices(
    _ starts: [Int64],
    since: Int64? = nil,
    until: Int64? = nil,
    every: Int64 = 10,
    alignment: SlicedSeries.Alignment = .epoch
  ) async throws -> SlicedSeries {
    let records = starts.enumerated().map { index, start in
      Capture.capture(at: start, id: "\(index)", [Cost(f, selfTime: 1)])
    }
    let selection = ProfileSelection(
      since: since.map { Timestamp(nanoseconds: $0) },
      until: until.map { Timestamp(nanoseconds: $0) }
    )
    let query = SliceQuery(selection, every: .nanoseconds(every), alignment: alignment)
    return try await MemoryStore(records).slices(query)
  }

  private static func shape(_ result: SlicedSeries) -> String {
    result.slices.map {
      "\($0.start.nanoseconds):\($0.captures)\($0.isPartial ? "~" : "")"
    }.joined(separator: " ")
  }

  @Test(
    arguments: [
      ([0, 9], "0:2"), ([0, 10, 19], "0:1 10:2"), ([9, 10, 39], "0:1~ 10:1 20:0 30:1"),
      ([5, 5, 14], "0:2~ 10:1~"),
      ([-1, 0, 9], "-10:1~ 0:2"), ([-10, -1], "-10:2"), ([-11, -10], "-20:1~ -10:1~"),
      ([3], "0:1~"), ([], ""),
    ] as [([Int64], String)]
  )
  func `slices are half-open and aligned to the epoch`(
    _ starts: [Int64],
    _ shape: String
  ) async throws {
    #expect(await Self.shape(try Self.slices(starts)) == shape)
  }

  @Test(
    arguments: [
      ([3, 12, 13], "3:2 13:1~"), ([-7, 2, 3], "-7:2 3:1~"), ([3, 12], "3:2"), ([], ""),
      ([12, 3], "3:2"),
    ] as [([Int64], String)]
  )
  func `or begin with the first capture`(_ starts: [Int64], _ shape: String) async throws {
    #expect(await Self.shape(try Self.slices(starts, alignment: .first)) == shape)
  }

  @Test(
    arguments: [
      // The range asked for covers whole slices: none is partial.
      (0, 30, "0:1 10:1 20:1"), (0, nil, "0:1 10:1 20:1~"), (nil, 30, "0:1~ 10:1 20:1"),
      // since is inclusive, until is exclusive.
      (5, 15, "0:1~"), (6, 15, ""), (5, 16, "0:1~ 10:1~"), (15, 25, "10:1~"),
      (15, 26, "10:1~ 20:1~"),
      (10, 20, "10:1"), (-5, 40, "0:1 10:1 20:1"), (30, 40, ""),
    ] as [(Int64?, Int64?, String)]
  )
  func `the range asked for selects captures and marks partial slices`(
    _ since: Int64?,
    _ until: Int64?,
    _ shape: String
  ) async throws {
    #expect(await Self.shape(try Self.slices([5, 15, 25], since: since, until: until)) == shape)
  }

  @Test
  func `no captures make no slices`() async throws {
    let result = try await Self.slices([])
    #expect(result.slices.isEmpty)
    #expect(result.series.isEmpty)
    #expect(result.kind == nil)
    #expect(result.clock == nil)
  }

  @Test
  func `the first and the last start are in slices, too`() async throws {
    let day: Int64 = 86_400_000_000_000
    let (first, last) = (Timestamp.firstStart.nanoseconds, Timestamp.lastStart.nanoseconds)
    #expect(try await Self.slices([last], every: day).slices.map(\.captures) == [1])
    #expect(try await Self.slices([first], every: day).slices.map(\.captures) == [1])
    #expect(try await Self.slices([last], every: .max).slices.map(\.captures) == [1])
    #expect(try await Self.slices([last], every: 1).slices.map(\.isPartial) == [false])
    let whole = try await Self.slices([first, -1, 0, last], every: .max, alignment: .first)
    #expect(whole.slices.map(\.captures) == [3, 1])
  }

  @Test
  func `slices long before the epoch stay aligned to it`() async throws {
    let (first, day) = (Timestamp.firstStart.nanoseconds + 7, Int64(86_400_000_000_000))
    let result = try await Self.slices([first, first + day], every: day)
    #expect(result.slices.map(\.captures) == [1, 1])
    #expect(result.starts.last.map { $0 % day } == 0)
  }

  @Test
  func `too many slices are refused`() async throws {
    _ = try await Self.slices([0, 999_999], every: 1)
    let error = await caught(as: QueryError.self) {
      _ = try await Self.slices([0, 1_000_000], every: 1)
    }
    #expect(error == .tooManySlices(count: 1_000_001, limit: 1_000_000))
    let (first, last) = (Timestamp.firstStart.nanoseconds, Timestamp.lastStart.nanoseconds)
    let most = await caught(as: QueryError.self) {
      _ = try await Self.slices([first, last], every: 1)
    }
    #expect(most == .tooManySlices(count: .max, limit: 1_000_000))
  }

  @Test
  func `too many values are refused`() async throws {
    let functions = (0..<60).map { Cost(.at("a.py", $0, "f"), selfTime: 1) }
    let store = try MemoryStore([.capture(at: 0, functions), .capture(at: 99_999, functions)])
    let error = await caught(as: QueryError.self) {
      _ = try await store.slices(SliceQuery(every: .nanoseconds(1)))
    }
    #expect(error == .tooManyValues(count: 6_200_000, limit: 4_000_000))
  }
}
