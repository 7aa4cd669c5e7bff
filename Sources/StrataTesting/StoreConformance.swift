// SPDX-License-Identifier: Apache-2.0

import StrataCore
public import StrataQuery

/// One thing that every `ProfileStore` does, checked over a new, empty store.
///
/// ```swift
/// @Test(arguments: StoreConformance.all)
/// func `behaves as every store`(check: StoreConformance) async throws {
///   try await check.run { MemoryStore() }
/// }
/// ```
public struct StoreConformance: Sendable, CustomStringConvertible {
  /// Makes a new, empty store.
  public typealias Factory = () async throws -> any ProfileStore

  /// What the store does, as a sentence.
  public let description: String
  private let check: @Sendable (any ProfileStore) async throws -> Void

  init(
    _ description: String,
    _ check: @escaping @Sendable (any ProfileStore) async throws -> Void
  ) {
    self.description = description
    self.check = check
  }

  /// Checks a new store.
  ///
  /// - Throws: ``ConformanceFailure``, or what the store throws.
  public func run(_ makeStore: Factory) async throws {
    try await check(try await makeStore())
  }

  /// All checks that hold for every store.
  public static let all =
    insertion + refusals + records + scans + selections + answers
    + coverage

  /// Those of what a store may answer from sums.
  public static let answers = sums + figures + merging + questions

  /// Checks for stores whose `read` lets others write meanwhile.
  public static let isolation = [
    StoreConformance("a read does not see what is inserted meanwhile") { store in
      var random = RandomRecords(seed: 1)
      _ = try await store.insert([random.record(0, .nanoseconds)])
      try await store.read { snapshot in
        _ = try await store.insert([random.record(1, .nanoseconds)])
        try await expectEqual(try starts(snapshot), [0], "captures in the old state")
      }
      try await expectEqual(
        try store.read { try await starts($0) },
        [0, 1],
        "captures in the new state"
      )
    }
  ]
}

/// What a store did against its contract.
public struct ConformanceFailure: Error, CustomStringConvertible {
  /// What was expected and what was found.
  public let description: String
}

/// Fails unless both are equal.
func expectEqual<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String) throws {
  guard found != expected else { return }
  throw ConformanceFailure(description: "\(what): expected \(expected), found \(found)")
}

/// The records of a snapshot, as images.
func images(
  _ snapshot: any StoreView,
  _ selection: ProfileSelection = .all
) async throws -> [RecordImage] {
  var images: [RecordImage] = []
  try await snapshot.forEachCapture(selection) { images.append(RecordImage($0)) }
  return images
}

/// The number of each capture, by its start, in the order of the scan.
func starts(
  _ snapshot: any StoreView,
  _ selection: ProfileSelection = .all
) async throws -> [Int64] {
  var starts: [Int64] = []
  try await snapshot.scan(selection, columns: []) { vectors in
    starts.append((vectors.header.start.nanoseconds - 1_767_603_600_000_000_000) / 60_000_000_000)
  }
  return starts
}
