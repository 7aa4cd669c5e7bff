// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore
import StrataQuery
import Testing

@testable import StrataCommand

struct AdviceTests {
  @Test
  func `an error of a question names the option that helps`() {
    #expect(
      QueryError.mixedKinds([.traced, .sampled]).sentence
        == "the captures are of more than one kind (traced, sampled), whose figures do not add up: "
        + "choose one with --where @kind=traced"
    )
    #expect(QueryError.mixedClocks([.cpu, .wall]).sentence.hasSuffix("--where @clock=cpu"))
    #expect(
      QueryError.prunedCaptures(before: Timestamp(nanoseconds: 1_000_000_000), keptBy: .hour)
        .sentence
        == "single captures before 1970-01-01T00:00:01Z were pruned: start later, with "
        + "--since 1970-01-01T00:00:01Z, or query only what sums by hour can answer: ranges of "
        + "whole hours, at most one label, --every 1h or a multiple of it, and sums or means "
        + "without weights"
    )
  }

  @Test(
    arguments: [
      .badWidth, .mixedKinds([.traced]), .mixedClocks([.wall]), .capturesOfSlices(count: 1, of: 2),
      .meaningless(.cumulativeTime(by: .file)), .meaningless(.cumulativeTimeOfAll(by: .all)),
      .meaningless(.figureOfCaptures(.captures, by: .file)), .meaningless(.count(.mean)),
      .meaningless(.ratio(.selfTimePerCall, .p50)), .meaningless(.weights(.max)),
      .tooManySlices(count: 2, limit: 1), .tooManyValues(count: 2, limit: 1),
      .tooManyInputs(count: 2, functions: 3), .inconsistentStore(reason: "r"), .newFunction,
      .weightedSumTooLarge(start: Timestamp(nanoseconds: 0), labels: Labels()),
    ] as [QueryError]
  )
  func `what the library says names no option`(_ error: QueryError) {
    #expect(!error.description.contains("--"))
    #expect(error.sentence.hasPrefix(error.description))
    #expect(!error.code.isEmpty)
  }
}
#endif
