// SPDX-License-Identifier: Apache-2.0

import StrataCore
public import StrataQuery
import StrataSpool

/// Imports what folders hold, and what is added to them, look by look.
public struct FolderImport<Store: ProfileStore> {
  /// Dumps beside an index that no line of it names.
  public struct UnnamedDumps: Sendable {
    /// The folder of the index.
    public var folder: String
    /// The names of the dumps.
    public var names: [String]
  }

  private let importer: Importer<Store>
  /// Whether dumps are removed from their folders once they are durable in the store.
  private let removesStored: Bool
  private let areOwn: Bool
  private let followers: [DumpFollower]
  /// The folders in which dumps without a line were looked for.
  private var tidied: Set<String> = []

  /// Starts with nothing of the folders seen.
  ///
  /// - Parameters:
  ///   - folders: What is followed.
  ///   - importer: What takes the dumps; dumps may go missing.
  ///   - removesStored: Whether dumps are removed once they are durable.
  ///   - areOwn: Whether the folders are this process's own, which handles dumps without a line.
  public init(
    _ folders: [String],
    importer: Importer<Store>,
    removesStored: Bool,
    areOwn: Bool = false
  ) {
    var importer = importer
    importer.allowsMissing = true
    self.importer = importer
    self.removesStored = removesStored
    self.areOwn = areOwn
    followers = folders.map(DumpFollower.init)
  }

  /// Imports what is new.
  ///
  /// - Parameters:
  ///   - isLast: Whether dumps are taken that were written just now, and perhaps in part.
  ///   - report: Receives the outcome of each batch as soon as it is durable.
  ///   - foundUnnamed: Receives dumps that a killed process left without a line, once for a folder.
  /// - Throws: The error of the store or of a folder. Start again with a new value then: what was
  ///   taken by the failed look is not reported.
  public mutating func look(
    isLast: Bool = false,
    report: ([ImportOutcome]) -> Void,
    foundUnnamed: (UnnamedDumps) -> Void = { _ in }
  ) async throws {
    for follower in followers {
      var durable: [ImportOutcome] = []
      try await importer.run(follower.look(isLast: isLast)) { outcomes in
        report(outcomes)
        durable += outcomes.filter(\.isDurable)
      }
      if removesStored { try await remove(durable, follower) }
      for folder in follower.indexFolders {
        if let unnamed = try await tidy(folder) { foundUnnamed(unnamed) }
      }
    }
  }

  /// Handles the dumps that no line names any more, or never did, since a process was killed.
  private mutating func tidy(_ folder: String) async throws -> UnnamedDumps? {
    if removesStored { try SpoolFolder.finishRemoval(in: folder) }
    guard !areOwn, tidied.insert(folder).inserted else { return nil }
    // A folder that cannot be read is reported where its dumps are looked for.
    var unnamed = (try? SpoolFolder.unnamedDumps(in: folder)) ?? []
    if removesStored, !unnamed.isEmpty {
      var stored: [String] = []
      for name in unnamed where try await isStored(folder + "/" + name) { stored.append(name) }
      if !stored.isEmpty { try await importer.store.synchronize() }
      try SpoolFolder.removeUnnamed(stored, from: folder)
      unnamed.removeAll(where: Set(stored).contains)
    }
    return unnamed.isEmpty ? nil : UnnamedDumps(folder: folder, names: unnamed)
  }

  /// Whether the store has a capture with the start that a file's name gives, and with its figures.
  private func isStored(_ path: String) async throws -> Bool {
    var reader = DumpReader()
    guard let captures = try? reader.captures(of: DumpSource(path: path)), captures.count == 1,
      captures[0].timeSource == .name
    else { return false }
    let (start, profile) = (captures[0].start, captures[0].profile)
    let end = start.nanoseconds.addingReportingOverflow(1)
    guard !end.overflow else { return false }
    let moment = ProfileSelection(since: start, until: Timestamp(nanoseconds: end.partialValue))
    return try await importer.store.read { view in
      var isStored = false
      try await view.forEachCapture(moment) { isStored = isStored || $0.profile == profile }
      return isStored
    }
  }

  private func remove(_ durable: [ImportOutcome], _ follower: DumpFollower) async throws {
    guard !durable.isEmpty else { return }
    // Another process may have stored what was known, a moment ago.
    if durable.contains(where: \.wasKnown) { try await importer.store.synchronize() }
    try follower.remove(durable.map(\.source))
  }
}

extension ImportOutcome {
  /// Whether one of its captures was there before.
  fileprivate var wasKnown: Bool {
    if case .durable(let captures) = result { !captures.allSatisfy(\.isNew) } else { false }
  }
}
