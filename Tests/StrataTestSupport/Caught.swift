// SPDX-License-Identifier: Apache-2.0

/// The error that `body` throws; nil where it throws none.
///
/// `#expect(throws:)` expands to code that strict memory safety refuses; this does not.
package func caught<Failure: Error>(_ body: () throws(Failure) -> Void) -> Failure? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}

/// The error of one type that `body` throws; nil where it throws none, or another one.
package func caught<Failure: Error>(
  as type: Failure.Type,
  _ body: () throws -> Void
) -> Failure? {
  caught(body) as? Failure
}

/// The error of one type that `body` throws; nil where it throws none, or another one.
package func caught<Failure: Error>(
  as type: Failure.Type = Failure.self,
  _ body: () async throws -> Void
) async -> Failure? {
  do {
    try await body()
    return nil
  } catch {
    return error as? Failure
  }
}
