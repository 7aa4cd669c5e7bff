// SPDX-License-Identifier: Apache-2.0

// FileHandle: Swift's own library writes no files.
import Foundation

/// A column of numbers in a file, the lowest byte of each first, as numpy reads them.
final class ColumnFile<Value: FixedWidthInteger> {
  private static var room: Int { 1 << 20 }

  private let file: FileHandle
  private var bytes: [UInt8] = []

  init(_ path: String) throws {
    file = try FileHandle.creating(path)
  }

  func append(_ value: Value) {
    var rest = value
    for _ in 0..<Value.bitWidth / 8 {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  func writeIfFull() throws {
    if bytes.count >= Self.room { try write() }
  }

  func close() throws {
    try write()
    try file.close()
  }

  private func write() throws {
    try file.write(contentsOf: Data(bytes))
    bytes.removeAll(keepingCapacity: true)
  }
}

extension FileHandle {
  /// Opens a new file; what was there is gone.
  static func creating(_ path: String) throws -> FileHandle {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw BenchmarkError("\(path): cannot be written") }
    return file
  }
}
