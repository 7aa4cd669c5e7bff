// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import StrataTesting
import Testing

/// Dumps that are too many for the repository; enabled where the corpus stands beside the package.
@Suite(.enabled(if: Corpus.isPresent, "the corpus is not beside the package"))
struct CorpusDumpTests {
  /// The dumps of the manifest that have expected statistics, with the folder of those.
  private static let dumps: [(dump: String, expected: String)] = {
    guard Corpus.isPresent, let files = try? Corpus.json("manifest.json").field("files").fields
    else { return [] }
    return files.compactMap { file in
      guard let expected = try? file.value["expected"]?.text else { return nil }
      return (file.key, expected.string)
    }
  }()

  @Test
  func `has its 160 dumps`() {
    #expect(Self.dumps.count == 160)
  }

  @Test(arguments: dumps)
  func `reads to exactly what CPython reads`(_ dump: String, _ expected: String) throws {
    let profile = try PstatsDump(Corpus.bytes(dump)).profile
    let expected = try ExpectedStats(corpus: Corpus.json(expected + "/stats.json"))
    #expect(expected.difference(from: profile) == nil)
  }

  @Test
  func `the merge of the whole series is that of CPython`() throws {
    var merger = ProfileMerger()
    let catalog = DumpCatalog(paths: [Corpus.path("series")])
    #expect(catalog.failures == [])
    #expect(catalog.sources.count == 600)
    let inOrder = catalog.sources.sorted {
      ($0.entry?.start.nanoseconds ?? 0) < ($1.entry?.start.nanoseconds ?? 0)
    }
    for source in inOrder { merger.add(try source.capture().profile) }
    let expected = try ExpectedStats(corpus: Corpus.json("series/expected/merged-stats.json"))
    #expect(expected.difference(from: merger.profile) == nil)
  }
}

/// Broken and odd inputs, each with what must happen.
@Suite(.enabled(if: Corpus.isPresent, "the corpus is not beside the package"))
struct CorpusBadInputTests {
  private enum Duty: String, Sendable { case fail, load, either }

  private struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var duty: Duty
    var offset: Int?

    var testDescription: String { name }
  }

  private static let cases: [Case] = {
    guard Corpus.isPresent, let files = try? Corpus.json("bad/expect.json").field("files").fields
    else { return [] }
    return files.compactMap { file in
      guard let text = try? file.value.field("must").text.string, let duty = Duty(rawValue: text)
      else { return nil }
      let offset = try? file.value["offset"]?.integer
      return Case(name: file.key, duty: duty, offset: offset.map(Int.init))
    }
  }()

  @Test
  func `has its 287 inputs`() {
    #expect(Self.cases.count == 287)
  }

  @Test(arguments: cases)
  private func `fails or loads as it must`(_ input: Case) throws {
    let bytes = try Corpus.bytes("bad/" + input.name)
    // Each is small, and takes some milliseconds: one that makes the reader go on and on, or work
    // off a count that it claims and does not have, is not done however long the test waits.
    let error = try Patience.run {
      caught { () throws(FormatError) in _ = try PstatsDump(bytes) }
    }
    switch input.duty {
    case .fail: #expect(error != nil)
    case .load: #expect(error == nil, "\(String(describing: error))")
    case .either: break
    }
    if let error, let found = error.offset, let offset = input.offset {
      #expect(abs(found - offset) <= 8, "expected at \(offset): \(error)")
    }
  }
}
