// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats

/// What libFuzzer calls with each input: bytes that pretend to be a dump.
///
/// The reader must return or throw, and a dump that it returns must hold together: whatever
/// Strata does with one must not trap either.
@c
public func LLVMFuzzerTestOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer passes `count` readable bytes that outlive the call.
  let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  guard let dump = try? PstatsDump(bytes) else { return 0 }
  checkTotals(of: dump.profile, size: count)
  checkUses(of: dump)
  return 0
}

/// Walks every row and edge, so that a number outside of its table traps here.
private func checkTotals(of profile: StatsProfile, size: Int) {
  var time = 0.0
  var edgeCount = 0
  var functions: Set<Function> = []
  for row in profile.functions {
    time += row.statistics.selfTime
    edgeCount += row.callers.count
    precondition(functions.insert(row.function).inserted, "\(row.function) has two rows")
    let callers = Set(row.callers.map(\.caller))
    precondition(callers.count == row.callers.count, "\(row.function) has a caller twice")
  }
  precondition(
    time.bitPattern == profile.totalTime.bitPattern || time.isNaN && profile.totalTime.isNaN,
    "the total is \(profile.totalTime), its parts make \(time)"
  )
  precondition(
    functions.count + edgeCount <= max(size, 1 << 16),
    "\(functions.count) rows and \(edgeCount) edges come from \(size) bytes"
  )
}

private func checkUses(of dump: PstatsDump) {
  let profile = dump.profile
  let twice = profile.merged(with: profile)
  precondition(twice.functions.count == profile.functions.count, "merging invented a function")
  for collision in [StatsProfile.CallerCollision.summed, .lastWins] {
    let stripped = profile.strippingDirectories(callerCollision: collision)
    precondition(stripped.functions.count <= profile.functions.count, "stripping invented one")
  }
  var json = JSONWriter()
  json.profile(twice, warnings: dump.warnings)
  precondition(json.bytes.last == UInt8(ascii: "}"), "the JSON ends inside an object")
}
