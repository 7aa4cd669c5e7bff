// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataFormats
import StrataExport
import StrataSpool
import Testing

/// The schemas in `docs/` against what is written.
struct SchemaTests {
  private static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func schema(_ name: String) throws -> JSONSchema {
    let path = package.appending(path: "docs/schemas/\(name)")
    return JSONSchema(try JSONValue(parsing: Array(try Data(contentsOf: path))[...]))
  }

  private static func json(_ dump: PstatsDump) throws -> JSONValue {
    var bytes: [UInt8] = []
    let warnings = dump.warnings + dump.profile.suspicions
    DataFormat.json.write(ProfileData(dump.profile, kind: dump.kind, warnings: warnings)) {
      bytes += $0
    }
    return try JSONValue(parsing: bytes[...])
  }

  @Test func `every fixture is written as the schema says`() throws {
    let schema = try Self.schema("profile-1.schema.json")
    let folders = ["StrataFormatsTests", "StrataExportTests"].map {
      Self.package.appending(path: "Tests/\($0)/Fixtures").path
    }
    let paths = DumpCatalog(paths: folders).sources.map(\.path)
    #expect(paths.count > 15)
    var codes: Set<String> = []
    for path in paths {
      let dump = try PstatsDump(RegularFile.read(path))
      #expect(schema.failures(of: try Self.json(dump)) == [], "\(path)")
      codes.formUnion((dump.warnings + dump.profile.suspicions).map(\.code.rawValue))
    }
    #expect(codes.isSuperset(of: ["negativeTimes", "timesWithoutValue"]))
  }

  @Test func `what does not fit is found`() throws {
    let schema = try Self.schema("profile-1.schema.json")
    let good =
      #"{"schema":"strata/profile/1","kind":null,"clock":"wall","totalCalls":1,"#
      + #""primitiveCalls":1,"totalTime":0.5,"functions":[],"warnings":[]}"#
    func failures(_ text: String) throws -> [String] {
      schema.failures(of: try JSONValue(parsing: Array(text.utf8)[...]))
    }
    #expect(try failures(good) == [])
    for (old, new) in [
      ("profile/1", "profile/2"), ("null", "\"other\""), ("\"totalCalls\":1,", ""),
      ("\"totalCalls\":1", "\"totalCalls\":1.5"), ("0.5", "\"NaN\""), ("[]", "[{}]"),
      ("\"clock\"", "\"more\":1,\"clock\""),
    ] {
      #expect(!(try failures(good.replacing(old, with: new))).isEmpty, "\(new)")
    }
  }
}
