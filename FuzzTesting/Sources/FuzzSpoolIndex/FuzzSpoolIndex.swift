// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats

/// What libFuzzer calls with each input: a line of an index, the name of a file, or a time.
///
/// All are texts that come from outside; each reader must return or throw, and what it returns
/// must survive being written and read again.
@c
public func LLVMFuzzerTestOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer passes `count` readable bytes that outlive the call.
  let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  let text = String(decoding: bytes, as: UTF8.self)
  if let entry = try? SpoolEntry(line: bytes[...]) {
    checkPath(entry.file)
    checkRoundTrip(entry)
  }
  let times = [
    Timestamp(fileName: text), Timestamp(iso8601: text), Timestamp(decimalSeconds: text),
  ]
  for case let time? in times { checkRoundTrip(time) }
  return 0
}

private func checkPath(_ path: String) {
  let parts = path.split(separator: "/", omittingEmptySubsequences: false)
  precondition(!path.hasPrefix("/") && !parts.contains(".."), "'\(path)' leaves the folder")
}

private func checkRoundTrip(_ entry: SpoolEntry) {
  var entry = entry
  // The identity is a hash, which no line gives back.
  entry.id = nil
  let line = String(decoding: entry.line, as: UTF8.self)
  let copy = try? SpoolEntry(line: entry.line[...])
  precondition(copy == entry, "\(entry) is written as \(line)")
}

private func checkRoundTrip(_ time: Timestamp) {
  let text = time.iso8601
  precondition(Timestamp(iso8601: text) == time, "\(time.nanoseconds) ns are written as \(text)")
}
