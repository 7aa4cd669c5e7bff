// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataSpool

/// Captures as real services might have left them: variations of real profiles over one day.
///
/// The same base dumps, form, number and seed give the same corpus.
struct Corpus {
  /// How much the captures of one endpoint resemble each other.
  enum Form: String {
    /// An endpoint has the same functions each time, in an order that each process has for itself.
    case repeating
    /// In each capture, other functions are missing: one of twenty.
    case worst
  }

  /// A capture with its figures.
  struct Capture {
    let start: Timestamp
    let labels: Labels
    let base: BaseProfile
    let variation: ProfileVariation
    let arrangement: Arrangement

    /// How long it took: the self times of all functions.
    var duration: Duration {
      .nanoseconds(
        zip(variation.rows, variation.isKept).reduce(0) { $0 + ($1.1 ? $1.0.selfTime : 0) }
      )
    }
  }

  let form: Form
  let names: CorpusNames
  let bases: [BaseProfile]
  private let structures: [BaseStructure]
  /// For each host the arrangement of each base.
  private let arrangements: [[Arrangement]]
  private let plan: CorpusPlan

  /// Reads the base dumps of a folder.
  init(baseFolder folder: String, form: Form, size: CorpusSize, seed: UInt64 = 1) throws {
    var (names, bases) = (CorpusNames(), [BaseProfile]())
    for file in try RegularFile.names(inFolder: folder).sorted() where file.hasSuffix(".prof") {
      var known = names
      let base = try BaseProfile(path: folder + "/" + file, names: &known)
      guard size.functions.contains(base.rows.count) else { continue }
      names = known
      bases.append(base)
    }
    guard !bases.isEmpty else { throw BenchmarkError("\(folder): no base dumps of this size") }
    structures = bases.map(BaseStructure.init)
    let functions = names.functions.count
    arrangements = (0..<size.hosts).map { host in
      let addresses = Arrangement.addresses(count: functions, host: host, seed: seed)
      return bases.map { Arrangement($0, addresses: addresses) }
    }
    plan = CorpusPlan(size: size, seed: seed, bases: bases.map(\.labels))
    self.form = form
    self.names = names
    self.bases = bases
  }

  /// Calls `body` with each capture, in order of start.
  func forEachCapture(_ body: (Int, Capture) async throws -> Void) async throws {
    var variation = ProfileVariation()
    for number in 0..<plan.size.captures {
      var source = RandomSource(seed: plan.seed, number)
      let capture = plan.capture(number, &source)
      let base = bases[capture.base]
      let loss = form == .worst ? 0.05 : 0
      variation.draw(base, structures[capture.base], loss: loss, from: &source)
      try await body(
        number,
        Capture(
          start: capture.start,
          labels: base.labels.merging([
            "host": "host-\(capture.host + 1)", "version": "1.\(capture.version)",
          ]),
          base: base,
          variation: variation,
          arrangement: arrangements[capture.host][capture.base]
        )
      )
    }
  }
}

/// A sentence that ends a benchmark.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
