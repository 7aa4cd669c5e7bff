// SPDX-License-Identifier: Apache-2.0

#if Tools

/// The failures of many dumps.
///
/// Only the first 1,000 are kept, since an index of 100 MB can have 50
/// million bad lines.
struct FailureList {
  private static let limit = 1_000

  private var kept: [CommandError] = []
  private var left: (count: Int, code: CommandError.Code)?

  /// Adds a failure.
  mutating func append(_ error: CommandError) {
    guard kept.count >= Self.limit else { return kept.append(error) }
    let codes = [error.code] + (left.map { [$0.code] } ?? [])
    left = ((left?.count ?? 0) + 1, CommandError.exitCode(of: codes) ?? error.code)
  }

  /// The failures in order; after the first 1,000, one that gives the number of the others.
  var errors: [CommandError] {
    guard let left else { return kept }
    return kept + [CommandError(left.code, "\(left.count) more dumps or lines cannot be used")]
  }
}
#endif
