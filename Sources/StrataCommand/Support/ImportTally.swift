// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataExport
import StrataFormats
import StrataSpool

/// What became of the dumps of an import, however many there are.
struct ImportTally {
  private(set) var dumps = 0
  private var stored = 0
  private var known = 0
  private var gone = 0
  private var failed = 0
  private var isUntold = false
  /// The code that the import ends with; nil if nothing failed.
  private(set) var exitCode: CommandError.Code?

  mutating func count(_ outcome: Importer.Outcome) {
    dumps += 1
    switch outcome.result {
    case .stored: stored += 1
    case .known: known += 1
    case .gone: gone += 1
    case .failed(let error): count(error)
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

  /// `600 dumps: 598 stored, 0 known already, 2 failed`, and those that were missing, if any.
  var summary: String {
    "\(dumps) dump\(dumps == 1 ? "" : "s"): \(stored) stored, \(known) known already, "
      + "\(failed) failed" + (gone == 0 ? "" : ", \(gone) missing")
  }
}
#endif
