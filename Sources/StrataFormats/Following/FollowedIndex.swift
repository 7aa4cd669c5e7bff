// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// An index that others append to, or write anew without some of its lines: each line is read once.
final class FollowedIndex {
  private let path: String
  private let lines: GrowingLines
  /// The lines that were read, by their hashes.
  private var known: Set<ProfileID> = []
  /// Those of the index that this one replaced, until it has been read.
  private var before: Set<ProfileID> = []

  init(path: String) {
    self.path = path
    lines = GrowingLines(path)
  }

  /// Looks at the file anew.
  func look() throws(InputError) {
    before = []
    if try lines.look() { swap(&before, &known) }
  }

  /// The next dump that a new line names; nil where there is none now.
  func next() -> DumpWalk.Element? {
    while let line = lines.next() {
      do throws(InputError) {
        let line = try line.get()
        guard isNew(line) else { continue }
        let source = try DumpSource(line: line, number: lines.number, index: path)
        if let source { return .success(source) }
      } catch {
        return .failure(error)
      }
    }
    return nil
  }

  private func isNew(_ line: ArraySlice<UInt8>) -> Bool {
    let hash = ProfileID(line: line)
    return known.insert(hash).inserted && !before.contains(hash)
  }
}

extension ProfileID {
  /// A hash of a line, which nobody else sees.
  fileprivate init(line: ArraySlice<UInt8>) {
    self.init(dump: Array(line), start: Timestamp(nanoseconds: 0), labels: [:])
  }
}
