// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataSpool
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

/// The 600 dumps of the corpus' series against sums taken in Python.
@Suite(.enabled(if: Corpus.isPresent, "the corpus is not beside the package"))
struct CorpusSeriesTests {
  private static let store: Result<MemoryStore, any Error> = Result {
    let catalog = DumpCatalog(paths: [Corpus.path("series")])
    return try MemoryStore(catalog.sources.map { try $0.capture(defaults: DumpDefaults()) })
  }

  /// The figures of one function in one slice.
  private struct Expected {
    var calls: Int128
    var primitiveCalls: Int128
    var selfTime: Double
    var cumulativeTime: Double
    var dumps: Int128

    init(_ row: [JSONValue]) throws {
      calls = try row[1].integer
      primitiveCalls = try row[2].integer
      selfTime = try row[4].double
      cumulativeTime = try row[6].double
      dumps = try row[7].integer
    }

    /// Counts are exact; a time is within half a nanosecond for each dump of the exact sum.
    func agrees(with value: Int128, as metric: Metric) -> Bool {
      switch metric {
      case .calls: value == calls
      case .primitiveCalls: value == primitiveCalls
      case .selfTime: abs(Double(value) - selfTime * 1e9) <= Double(dumps) / 2 + 1e-4
      default: abs(Double(value) - cumulativeTime * 1e9) <= Double(dumps) / 2 + 1e-4
      }
    }
  }

  private static func query(_ json: JSONValue, _ metric: Metric) throws -> SliceQuery {
    let only = try json["only"]?.fields.map {
      CaptureFilter.Condition.label(key: $0.key, .equals(try $0.value.text.string))
    }
    return SliceQuery(
      ProfileSelection(filter: CaptureFilter(only ?? [])),
      metric: metric,
      every: .seconds(Int64(try json.field("width").integer)),
      alignment: try json.field("origin").digits == "0" ? .epoch : .first
    )
  }

  @Test(
    arguments: [
      "slices-10s", "slices-10s-from-first", "slices-60s", "slices-60s-endpoint-parse",
      "slices-60s-endpoint-search", "slices-whole",
    ],
    [Metric.calls, .primitiveCalls, .selfTime, .cumulativeTime]
  )
  func `agrees with Python`(_ name: String, _ metric: Metric) async throws {
    let json = try Corpus.json("series/expected/\(name).json")
    let result = try await Self.store.get().slices(Self.query(json, metric))
    let table = try json.field("functions").elements.map { function in
      let parts = try function.elements
      return Function(
        file: try parts[0].text,
        line: Int(try parts[1].integer),
        name: try parts[2].text
      ).canonical
    }
    let slices = try json.field("slices").elements
    #expect(result.slices.filter { $0.captures > 0 }.count == slices.count)
    let seriesOfKey = Dictionary(uniqueKeysWithValues: result.series.map { ($0.key, $0) })
    for slice in slices {
      let start = try #require(Timestamp(decimalSeconds: slice.field("start").digits))
      let index = try #require(result.slices.firstIndex { $0.start == start })
      #expect(Int128(result.slices[index].captures) == (try slice.field("dumps").integer))
      var unnamed = Set(result.series.filter { $0.values[index]?.sum != 0 }.map(\.key))
      for row in try slice.field("rows").elements {
        let row = try row.elements
        let key = SeriesKey.function(table[Int(try row[0].integer)])
        let value = seriesOfKey[key]?.values[index]?.exactInteger ?? 0
        #expect(
          try Expected(row).agrees(with: value, as: metric),
          "\(key) at \(start.iso8601): \(value)"
        )
        unnamed.remove(key)
      }
      #expect(unnamed.isEmpty)
    }
  }

  @Test
  func `every capture is in one slice`() async throws {
    let result = try await Self.store.get().slices(
      SliceQuery(metric: .captures, every: .seconds(10), grouping: .label("endpoint"))
    )
    #expect(result.slices.reduce(0) { $0 + $1.captures } == 600)
    #expect(result.series.reduce(0) { $0 + ($1.total?.sum ?? 0) } == 600)
    #expect(result.slices.filter { $0.captures == 0 }.count == 3)
  }
}
