// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataQuery
import StrataService
import StrataSpool

/// What became of the dumps of an import, however many there are.
struct ImportTally {
  private(set) var dumps = 0
  private var stored = 0
  private var known = 0
  private var missing = 0
  private var failed = 0
  private var isUntold = false
  /// The code that the import ends with; nil if nothing failed.
  private(set) var exitCode: CommandError.Code?

  mutating func count(_ outcome: ImportOutcome) {
    dumps += 1
    switch outcome.result {
    case .durable(let captures) where captures.contains(where: \.isNew): stored += 1
    case .durable: known += 1
    case .missing: missing += 1
    case .failed(let error): count(CommandError(error))
    }
  }

  /// Counts what is no dump, or a bad one, and prints why.
  mutating func count(_ error: CommandError) {
    failed += 1
    exitCode = CommandError.exitCode(of: [exitCode, error.code].compactMap(\.self))
    Diagnostics.error(error.description)
  }

  /// Counts a line about a dump that could not be written, and prints why once: the dump is as durable
  /// as those before.
  mutating func countUntold(_ error: CommandError) {
    if !isUntold { Diagnostics.error(error.description) }
    isUntold = true
    exitCode = CommandError.exitCode(of: [exitCode, error.code].compactMap(\.self))
  }

  /// `600 dumps: 598 stored, 0 already known, 2 failed`, and those that were missing, if any were.
  var summary: String {
    "\(dumps) dump\(dumps == 1 ? "" : "s"): \(stored) stored, \(known) already known, "
      + "\(failed) failed" + (missing == 0 ? "" : ", \(missing) missing")
  }
}

extension Diagnostics {
  /// Warns of dumps beside an index that no line names, and says what to do with them.
  static func warn(ofUnnamed names: [String], in folder: String) {
    guard let first = names.first else { return }
    let dumps = names.count == 1 ? first : "\(names.count) dumps, such as \(first)"
    warn(
      "\(folder): no line of index.jsonl lists \(dumps): the writer was killed before it wrote "
        + "the line, or an import after it removed the line; not imported and left in place: "
        + "delete such dumps, or import them by name, without labels"
    )
  }
}
#endif
