// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The name of a dump in a spool folder: `20260105T090000.771000000Z-4711-0.prof`.
///
/// It tells the start (`Timestamp(fileName:)` finds it), which process wrote the dump, and its
/// number there. All nine decimals are written, so that the order of the names is that of time.
struct SpoolFileName: Hashable {
  private static let suffix = ".prof"

  var start: Timestamp
  var process: Int32
  var number: Int

  init(start: Timestamp, process: Int32, number: Int) {
    self.start = start
    self.process = process
    self.number = number
  }

  /// Reads a name; nil for one that ``text`` would not write.
  init?(_ name: String) {
    let parts = name.dropLast(Self.suffix.utf8.count).split(separator: "-")
    guard parts.count == 3, let start = Timestamp(fileName: String(parts[0])),
      let process = Int32(parts[1]), let number = Int(parts[2])
    else { return nil }
    self.init(start: start, process: process, number: number)
    guard name == text else { return nil }
  }

  /// The name.
  var text: String {
    let parts = start.iso8601.dropLast().split(separator: ".")
    let second = parts[0].filter { $0 != "-" && $0 != ":" }
    let fraction = parts.count > 1 ? String(parts[1]) : ""
    let zeros = String(repeating: "0", count: 9 - fraction.utf8.count)
    return "\(second).\(fraction)\(zeros)Z-\(process)-\(number)\(Self.suffix)"
  }
}
