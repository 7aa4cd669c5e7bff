// SPDX-License-Identifier: Apache-2.0

import StrataSpool
import StrataTestSupport
import Testing

@testable import StrataService

struct FoundDumpsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// An index with bad lines, and after them a line for each dump.
  private func writeIndex(badLines: Int, dumps: Int) throws {
    let good = #"{"file": "a.prof", "timestamp": "1"}"# + "\n"
    let text = String(repeating: "{\n", count: badLines) + String(repeating: good, count: dumps)
    try folder.write("index.jsonl", Array(text.utf8))
  }

  @Test(arguments: [1, 9, 10, 11, 25])
  func `failures alone are no dumps, however many there are`(badLines: Int) throws {
    try writeIndex(badLines: badLines, dumps: 0)
    let found = FoundDumps(paths: [folder.path], limit: 10)
    #expect(found.isEmpty)
    #expect(Array(found).count == badLines)
  }

  @Test(arguments: [0, 1, 9, 10, 11, 25])
  func `a dump after any number of failures is found, and none is lost`(badLines: Int) throws {
    try writeIndex(badLines: badLines, dumps: 3)
    let found = FoundDumps(paths: [folder.path], limit: 10)
    #expect(!found.isEmpty)
    #expect(found.count == (badLines + 3 < 10 ? badLines + 3 : nil))
    let results = Array(found).map { if case .success = $0 { true } else { false } }
    #expect(results == Array(repeating: false, count: badLines) + [true, true, true])
  }

  @Test func `a path that leads to nothing is a failure, and no dump`() {
    let found = FoundDumps(paths: [folder.path + "/none"])
    #expect(found.isEmpty)
    #expect(found.count == 1)
  }
}
