// SPDX-License-Identifier: Apache-2.0

#if Tools

/// What went wrong with many dumps, of which no more are kept than people read: an index of 100 MB
/// can hold 50 million bad lines.
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

  /// The failures in their order; behind the first 1,000 how many more there are.
  var errors: [CommandError] {
    guard let left else { return kept }
    return kept + [CommandError(left.code, "\(left.count) more dumps or lines cannot be used")]
  }
}
#endif
