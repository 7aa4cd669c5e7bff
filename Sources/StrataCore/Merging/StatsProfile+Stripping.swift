// SPDX-License-Identifier: Apache-2.0

extension StatsProfile {
  /// What happens to two callers of one function that become the same by stripping.
  public enum CallerCollision: Hashable, Sendable {
    /// Their figures are summed, so that the callers still account for all calls.
    case summed
    /// The last one replaces the others, as in CPython, which loses their calls.
    case lastWins
  }

  /// The profile without the folders of its files; functions that become the same are summed.
  ///
  /// Source: `strip_dirs` and `func_strip_path` in CPython's `Lib/pstats.py`. The total time
  /// stays unchanged.
  ///
  /// - Complexity: O(*n*) in the number of functions and callers.
  public func strippingDirectories(
    callerCollision: CallerCollision = .summed
  ) -> StatsProfile {
    var merger = ProfileMerger()
    for function in functions {
      merger.add(
        FunctionProfile(
          function: function.function.strippingDirectory,
          statistics: function.statistics,
          callers: function.callers.strippingDirectories(callerCollision)
        )
      )
    }
    var stripped = merger.takeProfile()
    stripped.totalTime = totalTime
    return stripped
  }
}

extension Function {
  /// The function with the last part of its file's path alone.
  package var strippingDirectory: Function {
    guard let slash = file.bytes.lastIndex(of: UInt8(ascii: "/")) else { return self }
    return Function(file: ByteString(Array(file.bytes[(slash + 1)...])), line: line, name: name)
  }
}

extension [CallEdge] {
  fileprivate func strippingDirectories(_ collision: StatsProfile.CallerCollision) -> [CallEdge] {
    var stripped: [CallEdge] = []
    var positions: [Function: Int] = [:]
    for edge in self {
      let caller = edge.caller.strippingDirectory
      guard let position = positions[caller] else {
        positions[caller] = stripped.count
        stripped.append(CallEdge(caller: caller, figures: edge.figures))
        continue
      }
      switch collision {
      case .summed: stripped[position].figures.add(edge.figures)
      case .lastWins: stripped[position].figures = edge.figures
      }
    }
    return stripped
  }
}
