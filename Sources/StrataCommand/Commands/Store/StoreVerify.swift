// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataQuery

/// `strata store verify`: everything read, and compared with its checksums and with one another.
struct StoreVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check everything in a store against its checksums, and roll-ups against captures.",
    discussion: """
      Each damaged capture or roll-up is reported on its own line, and the check continues to the \
      end. With --remove-damaged, captures that cannot be read are removed, so that queries work \
      again; you can then import their dumps again.

      EXAMPLES
        strata store verify
        strata store verify --store team.db --remove-damaged

      EXIT CODES
        0 the store is intact; 65 something is damaged
      """
  )

  @OptionGroup var location: StoreLocation

  @Flag(help: "Remove captures that can no longer be read.")
  var removeDamaged = false

  func run() async throws {
    let purpose = removeDamaged ? StoreChoice.Purpose.writing(create: false) : .reading
    guard let store = try await location.open(purpose) as? any VerifiableStore else {
      throw location.cannot("be verified")
    }
    var bar: ProgressBar?
    let report = try await store.verify(removingDamaged: removeDamaged) { done, total in
      if bar == nil { bar = ProgressBar(total: total) }
      bar?.update(done: done, of: total)
      return true
    }
    bar?.clear()
    for finding in report.findings { Diagnostics.error(finding.description) }
    print(Self.summary(of: report) + ": \(location.name)")
    if removeDamaged { try await store.rollUpEndedSlices() }
    if !report.isWhole { throw ExitCode(CommandError.Code.badData.rawValue) }
  }

  /// `600 captures and 41 roll-ups read: no problems found`.
  private static func summary(of report: VerificationReport) -> String {
    var summary = "\(report.captures) captures and \(report.rollups) roll-ups read"
    if report.unprovenRollups > 0 {
      summary += " (\(report.unprovenRollups) of pruned captures)"
    }
    let count = report.findings.count
    summary += report.isWhole ? ": no problems found" : ": \(count) problem\(count == 1 ? "" : "s")"
    if report.removedCaptures > 0 { summary += ", \(report.removedCaptures) captures removed" }
    return summary
  }
}
#endif
