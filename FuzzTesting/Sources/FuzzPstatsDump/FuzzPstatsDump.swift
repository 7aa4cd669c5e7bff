// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataExport
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
  checkSize(of: dump, in: bytes)
  checkTotals(of: dump.profile)
  // JSON repeats a name that many functions share; only its size would be tested here.
  guard longestName(of: dump.profile) * rowsAndCallers(of: dump.profile) < 1 << 24 else { return 0 }
  checkUses(of: dump)
  return 0
}

/// What was read is in proportion to the bytes of the dump, and does not depend on those after it.
private func checkSize(of dump: PstatsDump, in bytes: [UInt8]) {
  var parsed = bytes.count
  for warning in dump.warnings where warning.code == .trailingBytes {
    guard let count = warning.number("bytes"), let offset = warning.number("offset") else {
      preconditionFailure("a warning of bytes that follow has no numbers")
    }
    parsed -= count
    precondition(offset == parsed, "\(count) bytes follow, from \(offset) of \(bytes.count) on")
  }
  let size = rowsAndCallers(of: dump.profile)
  // The smallest caller takes 6 bytes; the dict that exceeds the limit is read to its end.
  precondition(
    size <= parsed / 6 + 1 << 17 + parsed / 8 + parsed / 6,
    "\(size) rows and callers come from \(parsed) bytes"
  )
  guard size < 1_000 else { return }
  for other in [Array(bytes[..<parsed]), bytes + [UInt8](repeating: 0, count: 4_096)] {
    guard let again = try? PstatsDump(other) else {
      preconditionFailure("what follows \(parsed) bytes decides whether they are read")
    }
    precondition(
      rowsAndCallers(of: again.profile) == size,
      "what follows \(parsed) bytes changes what is read"
    )
  }
}

/// How many rows and callers there are.
private func rowsAndCallers(of profile: StatsProfile) -> Int {
  profile.functions.reduce(0) { $0 + 1 + $1.callers.count }
}

private func longestName(of profile: StatsProfile) -> Int {
  profile.functions.reduce(0) { longest, row in
    ([row.function] + row.callers.map(\.caller)).reduce(longest) {
      max($0, $1.file.bytes.count + $1.name.bytes.count)
    }
  }
}

/// Walks every row and edge, so that a number outside of its table traps here.
private func checkTotals(of profile: StatsProfile) {
  var time = 0.0
  var functions: Set<Function> = []
  for row in profile.functions {
    time += row.statistics.selfTime
    precondition(functions.insert(row.function).inserted, "\(row.function) has two rows")
    let callers = Set(row.callers.map(\.caller))
    precondition(callers.count == row.callers.count, "\(row.function) has a caller twice")
  }
  precondition(
    time.bitPattern == profile.totalTime.bitPattern || time.isNaN && profile.totalTime.isNaN,
    "the total is \(profile.totalTime), its parts make \(time)"
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
  var bytes: [UInt8] = []
  DataFormat.json.write(ProfileData(twice, warnings: dump.warnings)) { bytes += $0 }
  precondition(bytes.suffix(2) == Array("}\n".utf8)[...], "the JSON ends inside an object")
}
