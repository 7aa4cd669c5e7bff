// SPDX-License-Identifier: Apache-2.0

import StrataCore

// The module has no public names: it is the inside of the store.
@testable import StrataStoreFormat

/// What libFuzzer calls with each input: the blobs of a capture, with the columns of its row.
///
/// A row says what is in its blobs, and both may be forged: with any of them the decoders must return
/// or throw. What was decoded and is encoded again must come back, to the last bit of each time.
@c
public func LLVMFuzzerTestOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer passes `count` readable bytes that outlive the call.
  let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  guard let row = Row(bytes) else { return 0 }
  checkNumbers(row.rest)
  checkSeal(row.rest)
  guard let shape = try? row.shape() else { return 0 }
  let ids = Set(shape.functions + shape.edges)
  precondition(ids.allSatisfy { (1...row.known).contains($0) }, "ids that the store does not have")
  checkFunctions(row, shape)
  if let sum = try? row.sum(shape) { checkRoundTrip(sum) }
  if let profile = try? row.profile(shape) { checkRoundTrip(profile, shape) }
  return 0
}

/// A row of the store as bytes: four numbers, the lengths of five blobs, the columns of the blobs, and
/// what is left over.
private struct Row {
  let unit: TimeUnit
  let functionCount: Int
  let edgeCount: Int
  let known: Int32
  let blobs: [[UInt8]]
  let rest: [UInt8]

  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 9, let unit = TimeUnit(rawValue: Int64(bytes[0] % 3)) else { return nil }
    self.unit = unit
    functionCount = Int(bytes[1])
    edgeCount = Int(bytes[2])
    known = Int32(bytes[3]) + 1
    var rest = bytes.dropFirst(9)
    var blobs: [[UInt8]] = []
    for length in bytes[4..<9] {
      blobs.append(SealedBlob.sealed(Array(rest.prefix(Int(length)))))
      rest = rest.dropFirst(Int(length))
    }
    self.blobs = blobs
    self.rest = Array(rest)
  }

  func shape() throws(BlobError) -> Shape {
    var shape = Shape()
    let (functions, edges) = (blobs[0], blobs[3])
    try Shape.decodeFunctions(
      functions.span,
      count: functionCount,
      known: known,
      into: &shape.functions
    )
    shape.edgeCounts = Array(repeating: 0, count: functionCount)
    if edgeCount > 0 { try shape.decodeEdges(edges.span, count: edgeCount, known: known) }
    return shape
  }

  func sum(_ shape: Shape) throws(BlobError) -> SummableProfile {
    let (selfTimes, figures, edges) = (blobs[1], blobs[2], blobs[4])
    var decoder = SummableDecoder()
    decoder.begin(shape, unit)
    try decoder.readSelfTimes(selfTimes.span)
    try decoder.readFigures(figures.span)
    if edgeCount > 0 { try decoder.readEdges(edges.span) }
    return decoder.profile
  }

  func profile(_ shape: Shape) throws(BlobError) -> StatsProfile {
    let (selfTimes, figures, edges) = (blobs[1], blobs[2], blobs[4])
    var decoder = ProfileDecoder(shape, unit)
    try decoder.readSelfTimes(selfTimes.span)
    try decoder.readFigures(figures.span)
    if edgeCount > 0 { try decoder.readEdges(edges.span, callers: shape.edges) }
    return decoder.profile(totalTime: 0, name: function)
  }
}

private func function(_ id: Int32) -> Function {
  Function(file: "a.py", line: Int(id), name: "f")
}

/// What a question reads must be what sums are made of.
private func checkFunctions(_ row: Row, _ shape: Shape) {
  var decoder = FunctionDecoder([
    .selfTimes, .cumulativeTimes, .callCounts, .primitiveCallCounts,
  ])
  let count = row.functionCount
  let (selfTimes, figures) = (row.blobs[1], row.blobs[2])
  guard (try? decoder.readSelfTimes(selfTimes.span, row.unit, count: count)) != nil,
    (try? decoder.readFigures(figures.span, row.unit, count: count)) != nil
  else { return }
  let columns = decoder.columns
  precondition(columns.selfNanoseconds.count == count && columns.callCounts.count == count)
  guard row.unit == .nanoseconds, let sum = try? row.sum(shape) else { return }
  let functions = sum.functions
  precondition(functions.selfNanoseconds == columns.selfNanoseconds)
  precondition(
    zip(functions.selfNanoseconds, functions.calleeNanoseconds).map { $0 &+ $1 }
      == columns.cumulativeNanoseconds
  )
}

/// A roll-up is written as it was added up, and read again.
private func checkRoundTrip(_ sum: SummableProfile) {
  guard var read = try? writtenAndRead(sum) else {
    preconditionFailure("a sum that was written cannot be read")
  }
  var written = sum
  // All zeros are not written.
  if !written.countOnly.contains(where: { $0 != 0 }) { written.countOnly = [] }
  if !read.countOnly.contains(where: { $0 != 0 }) { read.countOnly = [] }
  precondition(read == written, "a sum comes back as another one")
}

private func writtenAndRead(_ sum: SummableProfile) throws(BlobError) -> SummableProfile {
  let (selfTimes, figures, edges) = (sum.selfTimeBlob, sum.figureBlob, sum.edgeFigureBlob)
  var decoder = SummableDecoder()
  decoder.begin(sum.shape, .nanoseconds)
  try decoder.readSelfTimes(selfTimes.span)
  try decoder.readFigures(figures.span)
  if !sum.shape.edges.isEmpty { try decoder.readEdges(edges.span) }
  return decoder.profile
}

/// A profile that a store can keep comes back bit for bit.
private func checkRoundTrip(_ profile: StatsProfile, _ shape: Shape) {
  guard let encoded = try? EncodedProfile(profile) else { return }
  guard let decoded = try? decoded(encoded, shape) else {
    preconditionFailure("a profile that was encoded cannot be decoded")
  }
  for (old, new) in zip(profile.functions, decoded.functions) {
    precondition(old.statistics == new.statistics, "\(old) comes back as \(new)")
    precondition(bits(old.statistics) == bits(new.statistics), "\(old) comes back as \(new)")
    precondition(old.callers.map(\.figures) == new.callers.map(\.figures))
  }
  precondition(profile.functions.count == decoded.functions.count)
}

private func decoded(_ encoded: EncodedProfile, _ shape: Shape) throws(BlobError) -> StatsProfile {
  let (selfTimes, figures, edges) = (encoded.selfTimes, encoded.figures, encoded.edges ?? [])
  var decoder = ProfileDecoder(shape, encoded.unit)
  try decoder.readSelfTimes(selfTimes.span)
  try decoder.readFigures(figures.span)
  if !edges.isEmpty { try decoder.readEdges(edges.span, callers: shape.edges) }
  return decoder.profile(totalTime: 0, name: function)
}

/// The bits of the times, as numbers do not tell -0.0 from 0.0.
private func bits(_ statistics: CallStatistics) -> [UInt64] {
  [statistics.selfTime.bitPattern, statistics.cumulativeTime.bitPattern]
}

/// Columns of any numbers come back.
private func checkNumbers(_ bytes: [UInt8]) {
  let numbers = stride(from: 0, to: bytes.count - 7, by: 8).map { offset in
    Int64(bitPattern: loadWord(bytes.span, at: offset))
  }
  // Small ones and those in order, besides: they take other tags.
  for values in [numbers, numbers.map { $0 & 0xFF }, numbers.sorted()] {
    var column: [UInt8] = []
    NumberColumn.append(values, to: &column)
    var decoded: [Int64] = []
    let slot = slot(of: column)
    try? NumberColumn.decode(column.span, slot, count: values.count, into: &decoded)
    precondition(decoded == values, "numbers come back as others")
    let ids = values.map { Int32(truncatingIfNeeded: $0 & 0x7FFF_FFFE) + 1 }
    let blob = Shape(functions: ids).functionBlob
    var again: [Int32] = []
    try? Shape.decodeFunctions(blob.span, count: ids.count, known: .max, into: &again)
    precondition(again == ids, "ids come back as others")
  }
}

private func slot(of column: [UInt8]) -> ColumnSlot {
  guard let tag = ColumnTag(rawValue: column[0]) else { preconditionFailure("no tag was written") }
  return ColumnSlot(tag: tag, payload: ColumnSlot.headerLength..<column.count)
}

/// A blob is good in its own place and in no other.
private func checkSeal(_ bytes: [UInt8]) {
  try? SealedBlob.check(bytes.span, at: BlobPlace(column: .captureFigures, row: 1))
  let place = BlobPlace(column: .captureFigures, row: 7)
  let blob = SealedBlob.bind(SealedBlob.sealed(bytes), to: place)
  precondition((try? SealedBlob.check(blob.span, at: place)) != nil, "a blob is not its own")
  for other in [
    BlobPlace(column: .captureFigures, row: 8), BlobPlace(column: .sumFigures, row: 7),
  ] {
    precondition((try? SealedBlob.check(blob.span, at: other)) == nil, "a blob of another place")
  }
}
