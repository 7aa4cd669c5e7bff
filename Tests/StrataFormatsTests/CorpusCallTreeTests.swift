// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import StrataTesting
import Testing

/// Trees of real dumps; enabled where the corpus stands beside the package.
@Suite(.enabled(if: Corpus.isPresent, "the corpus is not beside the package"))
struct CorpusCallTreeTests {
  private static let paths = DumpCatalog(paths: [Corpus.path("dumps")]).sources.map(\.path)

  @Test
  func `has its 160 dumps`() {
    #expect(Self.paths.count == 160)
  }

  @Test(arguments: paths)
  func `the time of a dump is in its tree, to the nanosecond`(path: String) throws {
    let profile = try DumpSource(path: path).capture().profile
    let times = profile.functions.map { Nanoseconds(nearestTo: $0.statistics.selfTime)?.count }
    guard let total = Self.sum(times.map { $0.map { max(0, $0) } }) else {
      #expect(throws: CallTreeError.self) { try CallTree(profile) }
      return
    }
    let tree = try CallTree(profile)
    #expect(tree.totalTime == Nanoseconds(total))
    #expect(tree.contradiction == nil)
    #expect(tree.nodes.count <= 20_000)
    let places = Dictionary(grouping: tree.nodes.dropFirst(), by: \.function)
    for (function, time) in zip(profile.functions, times) {
      let places = places[function.function] ?? []
      let shown = places.reduce(0) { $0 + $1.selfTime.count }
      // Each place may be rounded up by a nanosecond.
      #expect(shown <= max(0, time ?? 0) + Int64(places.count), "\(function.function)")
    }
  }

  /// The sum of times; nil where one of them, or the sum, has no nanoseconds.
  private static func sum(_ times: [Int64?]) -> Int64? {
    var sum: Int64 = 0
    for time in times {
      guard let time, sum <= Nanoseconds.limit - time else { return nil }
      sum += time
    }
    return sum
  }
}
