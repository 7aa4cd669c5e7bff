// SPDX-License-Identifier: Apache-2.0

import PythonPattern
import StrataCore

/// What libFuzzer calls with each input: an expression, and behind a NUL the text to match.
///
/// Reading must return or throw, and matching too, in time. Both matchers must agree: an empty
/// lookahead changes nothing but the matcher that is chosen.
@c
public func LLVMFuzzerTestOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer passes `count` readable bytes that outlive the call.
  let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
  let source = String(decoding: parts[0], as: UTF8.self)
  let text = ByteString(parts.count > 1 ? Array(parts[1].prefix(200)) : [])
  guard let result = matches(source, text) else { return 0 }
  precondition(result.somewhere || !result.whole, "'\(source)' matches the whole, but nowhere")
  if let other = matches(source + "(?=)", text) {
    precondition(result == other, "'\(source)': the matchers disagree on \(text)")
  }
  return 0
}

/// What an expression finds in a text, unless it is refused or the matcher gives up.
private func matches(_ source: String, _ text: ByteString) -> (somewhere: Bool, whole: Bool)? {
  guard var pattern = try? Pattern(parsing: source) else { return nil }
  pattern.maximumSteps = 100_000
  guard let somewhere = try? pattern.matches(text), let whole = try? pattern.matchesWhole(text)
  else { return nil }
  return (somewhere, whole)
}
