// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataCore
import StrataQuery
import StrataSQLite
import StrataTestSupport
import Testing

@Suite struct DurabilityTests {
  /// The import is killed when it has acknowledged so many dumps: early, in the middle, late.
  @Test(arguments: [1, 64, 65, 130, 200, 330, 511, 599])
  func `a killed import has stored all that it acknowledged`(count: Int) async throws {
    let folder = try TemporaryFolder()
    let store = folder("killed.db")
    let process = Tool.process(["import", "--print-ids", "--store", store, Tool.series])
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    var log = Data()
    while log.count(where: { $0 == UInt8(ascii: "\n") }) < count {
      let more = pipe.fileHandleForReading.availableData
      if more.isEmpty { break }
      log += more
    }
    kill(process.processIdentifier, SIGKILL)
    // What it wrote before it died counts as acknowledged, too.
    log += pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitForEnd()

    let acknowledged = Self.acknowledged(in: log)
    #expect(acknowledged.count >= count)
    let kept = try await Self.kept(in: store)
    #expect(acknowledged.isSubset(of: kept))

    let again = try Tool.run(["import", "--store", store, Tool.series])
    #expect(again.status == 0)
    #expect(try await Self.kept(in: store).count == 600)
  }

  /// The complete lines `stored ID PATH`; a line cut by the kill acknowledges nothing.
  private static func acknowledged(in log: Data) -> Set<String> {
    let text = String(decoding: log, as: UTF8.self)
    var ids: Set<String> = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let words = line.split(separator: " ")
      if words.first == "stored", words.count == 3 { ids.insert(String(words[1])) }
    }
    return ids
  }

  /// The ids in a store; reading them whole checks every blob.
  private static func kept(in path: String) async throws -> Set<String> {
    var ids: Set<String> = []
    try await SQLiteStore.open(path: path, mode: .readWrite(create: false)).read { snapshot in
      try await snapshot.forEachCapture(.all) { ids.insert($0.id.description) }
    }
    return ids
  }

  @Test func `two imports at a time store each dump once`() async throws {
    let folder = try TemporaryFolder()
    let store = folder("shared.db")
    let processes = (0..<3).map { _ in Tool.process(["import", "--store", store, Tool.series]) }
    for process in processes {
      process.standardOutput = FileHandle.nullDevice
      try process.run()
    }
    for process in processes {
      process.waitForEnd()
      #expect(process.terminationStatus == 0)
    }
    #expect(try await Self.kept(in: store).count == 600)
  }
}
#endif
