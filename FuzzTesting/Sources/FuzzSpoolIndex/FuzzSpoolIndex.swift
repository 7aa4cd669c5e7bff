// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataSpool

/// What libFuzzer calls with each input: a line of an index, the name of a file, a time, a duration, an
/// identity, a pattern of labels in paths, or labels.
///
/// All are texts that come from outside; each reader must return or throw, and what it returns
/// must be within bounds, and survive being written and read again.
@c
public func LLVMFuzzerTestOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer passes `count` readable bytes that outlive the call.
  let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  let text = String(decoding: bytes, as: UTF8.self)
  if let entry = try? SpoolEntry(line: bytes[...]) {
    checkPath(entry.file)
    checkBounds(of: entry, line: bytes)
    checkRoundTrip(entry)
  }
  let times = [
    Timestamp(fileName: text), Timestamp(iso8601: text), Timestamp(decimalSeconds: text),
  ]
  for case let time? in times { checkRoundTrip(time) }
  precondition(times[0]?.isPossibleStart ?? true, "'\(text)' tells a start that no capture has")
  if let duration = Duration(text: text) {
    precondition(duration >= .zero, "'\(text)' is a duration below nothing")
    let (seconds, rest) = duration.components
    let again = Duration(text: "\(seconds)s\(rest / 1_000_000_000)ns")
    precondition(again == duration, "'\(text)' is \(duration)")
  }
  if let id = ProfileID(hexadecimal: text) {
    precondition(id.description == text.lowercased(), "'\(text)' is \(id)")
  }
  checkLabels(text)
  return 0
}

private func checkBounds(of entry: SpoolEntry, line: [UInt8]) {
  precondition(line.count <= SpoolEntry.maximumLineSize + 1, "a line of \(line.count) bytes")
  do {
    try entry.start.checkStart(duration: entry.duration)
    try entry.labels.check()
  } catch {
    preconditionFailure("\(entry): \(error)")
  }
  precondition(entry.id != ProfileID(given: ""), "an empty id")
}

/// The lines of a text as labels, and its first line as a pattern for the second.
private func checkLabels(_ text: String) {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  let pairs = lines.prefix(100).map { line in
    Labels.Label(key: String(line.prefix { $0 != "=" }), value: line)
  }
  var expected: Labels = [:]
  for pair in pairs { expected[pair.key] = pair.value }
  let labels = Labels(pairs)
  precondition(labels == expected && labels.pairs == labels.pairs.sorted(), "\(pairs): \(labels)")
  precondition(labels.merging(expected) == labels, "\(labels) differ from themselves")
  guard let pattern = try? PathLabels(lines[0]) else { return }
  let told = pattern.labels(of: lines.dropFirst().first ?? lines[0])
  precondition(told?.pairs.allSatisfy { $0.key.utf8.count <= 200 } ?? true, "a long key")
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
