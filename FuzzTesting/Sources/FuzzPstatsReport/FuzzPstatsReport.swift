// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataExport
import StrataFormats
import StrataQuery

/// What libFuzzer calls with each input: a dump that is written, read again, and reported.
///
/// What a dump holds must survive being written, to the last bit; and no profile, however odd, may
/// make a report trap.
@c
public func LLVMFuzzerTestOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer passes `count` readable bytes that outlive the call.
  let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  guard let profile = try? PstatsDump(bytes).profile else { return 0 }
  // Whole reports are in memory here, and a long name may be in each of their lines.
  var (longest, lines) = (0, 0)
  for row in profile.functions {
    lines += 1 + row.callers.count
    for function in [row.function] + row.callers.map(\.caller) {
      longest = max(longest, function.file.bytes.count + function.name.bytes.count)
    }
  }
  guard longest * lines < 1 << 24 else { return 0 }
  checkRoundTrip(of: profile)
  for stripped in [profile, profile.strippingDirectories()] { report(stripped) }
  precondition(profile.suspicions.count <= 5, "a suspicion stands twice")
  return 0
}

private func checkRoundTrip(of profile: StatsProfile) {
  let written = PstatsWriter.dump(profile)
  guard let again = try? PstatsDump(written).profile else {
    preconditionFailure("what was written cannot be read")
  }
  // Bytes, for NaN differs from itself.
  precondition(PstatsWriter.dump(again) == written, "what was written reads as something else")
}

private func report(_ profile: StatsProfile) {
  let limits: [ProfileListing.Limit] = [.fraction(0.9), .pattern("[a-z]|:1"), .count(50)]
  for key in SortKey.allCases {
    let query = ListingQuery(order: ProfileOrder([key], isReversed: true), limits: limits)
    guard let listing = try? query.listing(of: profile) else {
      preconditionFailure("no listing by \(key)")
    }
    let report = PstatsReport(profile, listing)
    for text in [report.statistics, report.callers, report.callees] where !text.isEmpty {
      precondition(text.last == UInt8(ascii: "\n"), "a report ends inside a line")
    }
    var json = JSONWriter()
    json.getStatsProfile(profile, listing)
    precondition(json.bytes.last == UInt8(ascii: "}"), "the JSON ends inside an object")
  }
}
