// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension Timestamp {
  /// Finds the time in a file name, such as `20260105T090000.771Z_search.prof`,
  /// `web-2026-01-05_09-00-00.prof` or `profile.1767603600771.prof`.
  ///
  /// Looked for are ISO 8601 dates with a time of day (basic or extended; `-` may stand for `:`,
  /// and `T` may be `_`, `-` or a space; UTC unless a zone follows), then runs of exactly 10, 13,
  /// 16 or 19 digits, which are seconds, milliseconds, microseconds or nanoseconds since the epoch;
  /// seconds may have decimals. A time that cannot be a start is skipped. Returns nil where there is
  /// none.
  public init?(fileName: String) {
    let bytes = Array(fileName.utf8)
    // Dates first, wherever they are: a run of ten digits may also number something.
    for start in bytes.indices where bytes.startsDigits(at: start) {
      if let found = bytes.iso8601(at: start), found.isPossibleStart {
        self = found
        return
      }
    }
    for start in bytes.indices where bytes.startsDigits(at: start) {
      if let found = bytes.epoch(at: start), found.isPossibleStart {
        self = found
        return
      }
    }
    return nil
  }
}

extension [UInt8] {
  fileprivate func isDigit(_ index: Int) -> Bool {
    indices.contains(index) && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self[index])
  }

  fileprivate func startsDigits(at index: Int) -> Bool {
    // The middle of a longer run could be read as a time that nobody wrote.
    isDigit(index) && !isDigit(index - 1)
  }

  private func digits(from start: Int) -> Int {
    var end = start
    while isDigit(end) { end += 1 }
    return end - start
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: self[range], as: UTF8.self)
  }

  fileprivate func epoch(at start: Int) -> Timestamp? {
    let count = digits(from: start)
    guard let value = Int64(text(start..<(start + count))) else { return nil }
    let factors: [Int: Int64] = [13: 1_000_000, 16: 1_000, 19: 1]
    if let factor = factors[count] {
      let (nanoseconds, overflow) = value.multipliedReportingOverflow(by: factor)
      return overflow ? nil : Timestamp(nanoseconds: nanoseconds)
    }
    guard count == 10 else { return nil }
    let point = start + 10
    let decimals =
      indices.contains(point) && self[point] == UInt8(ascii: ".") ? digits(from: point + 1) : 0
    let end = decimals > 0 ? point + 1 + decimals : point
    return Timestamp(decimalSeconds: text(start..<end))
  }

  /// Reads `YYYY-MM-DD` or `YYYYMMDD`, a separator, `hh:mm[:ss]` or `hhmm[ss]`, a fraction, a zone.
  fileprivate func iso8601(at start: Int) -> Timestamp? {
    var index = start
    guard let date = pair([4, 2, 2], &index, separators: "-"),
      indices.contains(index), "Tt_- ".utf8.contains(self[index])
    else { return nil }
    index += 1
    guard
      var clock = pair([2, 2, 2], &index, separators: ":-")
        ?? pair([2, 2], &index, separators: ":-")
    else { return nil }
    if clock.count == 2 { clock.append("00") }
    let fraction = fraction(&index)
    let zone = zone(&index)
    // With more digits behind it, this is a longer number, and no time.
    guard !isDigit(index) else { return nil }
    return Timestamp(
      iso8601: date.joined(separator: "-") + "T" + clock.joined(separator: ":") + fraction + zone
    )
  }

  /// Groups of digits, all parted by the same separator or all by none; moves on if they are there.
  private func pair(_ widths: [Int], _ index: inout Int, separators: String) -> [String]? {
    var position = index
    var groups: [String] = []
    var separator: UInt8?
    for (number, width) in widths.enumerated() {
      // The first separator decides: `2026-0105` is no date.
      if number == 1, indices.contains(position), separators.utf8.contains(self[position]) {
        separator = self[position]
      }
      if number > 0, let separator {
        guard indices.contains(position), self[position] == separator else { return nil }
        position += 1
      }
      guard digits(from: position) >= width else { return nil }
      groups.append(text(position..<(position + width)))
      position += width
    }
    index = position
    return groups
  }

  private func fraction(_ index: inout Int) -> String {
    guard indices.contains(index), self[index] == UInt8(ascii: ".") else { return "" }
    let count = digits(from: index + 1)
    guard (1...9).contains(count) else { return "" }
    defer { index += 1 + count }
    return text(index..<(index + 1 + count))
  }

  private func zone(_ index: inout Int) -> String {
    guard indices.contains(index) else { return "Z" }
    if self[index] == UInt8(ascii: "Z") {
      index += 1
      return "Z"
    }
    let isWest = self[index] == UInt8(ascii: "-")
    guard isWest || self[index] == UInt8(ascii: "+") else { return "Z" }
    let hours = index + 1
    if digits(from: hours) == 2, indices.contains(hours + 2), self[hours + 2] == UInt8(ascii: ":"),
      digits(from: hours + 3) == 2
    {
      defer { index += 6 }
      return text(index..<hours + 2) + text(hours + 3..<hours + 5)
    }
    // A `-` with four digits more often starts the next part of the name, such as a process number,
    // which has no zero in front.
    guard digits(from: hours) == 4, !isWest || self[hours] == UInt8(ascii: "0") else { return "Z" }
    defer { index += 5 }
    return text(index..<(index + 5))
  }
}
