// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataExport
import StrataFormats

/// What libFuzzer calls with each input: a file of any format.
///
/// It is read, or refused with what was expected and found; a profile in JSON comes back as it was.
@c
public func LLVMFuzzerTestOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer passes `count` readable bytes that outlive the call.
  let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  var reader = ProfileReader()
  do {
    for decoded in try reader.read(bytes, name: "a.json") { checkJSON(of: decoded) }
  } catch {
    precondition(!error.expected.isEmpty && !error.found.isEmpty, "an error that says nothing")
    precondition((0...bytes.count).contains(error.offset ?? 0), "an offset outside of the file")
  }
  return 0
}

private func checkJSON(of decoded: DecodedProfile) {
  let written = json(of: decoded)
  // A name that many functions share is repeated; only its size would be tested here.
  guard written.count < 1 << 22 else { return }
  var reader = ProfileReader()
  guard let again = try? reader.read(written, name: "a.json"), again.count == 1 else {
    preconditionFailure("what was written cannot be read")
  }
  precondition(json(of: again[0]) == written, "what was written reads back as something else")
}

private func json(of decoded: DecodedProfile) -> [UInt8] {
  var bytes: [UInt8] = []
  let data = ProfileData(
    decoded.profile,
    kind: decoded.kind,
    clock: decoded.clock,
    warnings: decoded.warnings
  )
  DataFormat.json.write(data) { bytes += $0 }
  return bytes
}
