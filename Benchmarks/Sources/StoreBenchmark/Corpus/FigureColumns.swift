// SPDX-License-Identifier: Apache-2.0

/// The rows of all functions, or of all edges, of a corpus as columns: what the peers load.
final class FigureColumns {
  private let starts: ColumnFile<Int64>
  private let services: ColumnFile<UInt8>
  private let keys: ColumnFile<Int32>
  private let calls: ColumnFile<Int32>
  private let primitives: ColumnFile<Int32>
  private let selfTimes: ColumnFile<Int64>
  private let cumulativeTimes: ColumnFile<Int64>
  private(set) var rows = 0

  /// Creates the files `NAME.COLUMN`.
  init(folder: String, name: String) throws {
    let path = "\(folder)/\(name)."
    starts = try ColumnFile(path + "start")
    services = try ColumnFile(path + "service")
    keys = try ColumnFile(path + "key")
    calls = try ColumnFile(path + "calls")
    primitives = try ColumnFile(path + "primitives")
    selfTimes = try ColumnFile(path + "self")
    cumulativeTimes = try ColumnFile(path + "cumulative")
  }

  func append(start: Int64, service: UInt8, key: Int32, _ figures: BaseProfile.Figures) {
    starts.append(start)
    services.append(service)
    keys.append(key)
    calls.append(Int32(clamping: figures.calls))
    primitives.append(Int32(clamping: figures.primitives))
    selfTimes.append(figures.selfTime)
    cumulativeTimes.append(figures.cumulative)
    rows += 1
  }

  func writeIfFull() throws {
    for column in wide { try column.writeIfFull() }
    for column in narrow { try column.writeIfFull() }
    try services.writeIfFull()
  }

  func close() throws {
    for column in wide { try column.close() }
    for column in narrow { try column.close() }
    try services.close()
  }

  private var wide: [ColumnFile<Int64>] { [starts, selfTimes, cumulativeTimes] }
  private var narrow: [ColumnFile<Int32>] { [keys, calls, primitives] }
}
