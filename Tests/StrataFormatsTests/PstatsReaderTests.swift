// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataTestSupport
import Testing

@Suite struct PstatsReaderTests {
  /// Dumps of several Pythons and profilers, those of Python 2 among them.
  private static let dumps: [(name: String, bytes: [UInt8])] = [
    "fib-py27-cprofile.prof", "fib-py37-marshal0.prof", "fib-py37-marshal4.prof",
    "hotshot_difflib_diff-py27.prof", "mutual_recursion-py313-profile.prof",
    "mutual_recursion-py313-cprofile.prof", "unicode_names-py36-cprofile.prof",
    "yappi_difflib_diff-py313.pstat",
  ].compactMap { name in (try? Fixtures().bytes(name)).map { (name, $0) } }

  @Test func `a reader of many dumps finds what a reader of one finds`() throws {
    #expect(Self.dumps.count == 8)
    var reader = PstatsReader()
    for _ in 0..<2 {
      for (name, bytes) in Self.dumps {
        let shared = try reader.read(bytes)
        let alone = try PstatsDump(bytes)
        #expect(shared.profile == alone.profile, "\(name)")
        #expect(shared.profile.totalTime.bitPattern == alone.profile.totalTime.bitPattern)
        #expect(shared.warnings == alone.warnings)
        #expect(shared.writer == alone.writer)
      }
    }
  }

  @Test func `a bad dump leaves the reader as good as before`() throws {
    var reader = PstatsReader()
    for (name, bytes) in Self.dumps {
      #expect(throws: FormatError.self) { try reader.read(Array(bytes.dropLast())) }
      #expect(try reader.read(bytes).profile == PstatsDump(bytes).profile, "\(name)")
    }
  }
}
