// SPDX-License-Identifier: Apache-2.0

#if Tools

/// What was found when all of a store was read.
public struct VerificationReport: Sendable {
  /// What is not as it was written; nothing in a store that is whole.
  public internal(set) var findings: [StoreError] = []
  /// How many captures were read.
  public internal(set) var captures = 0
  /// How many roll-ups were compared with what they hold.
  public internal(set) var rollups = 0
  /// How many of them hold captures that are gone, and were read alone.
  public internal(set) var unprovenRollups = 0
  /// How many damaged captures were removed, on request.
  public internal(set) var removedCaptures = 0
  /// The file that has them now.
  public internal(set) var removedTo: String?
  /// Whether pages or names are damaged: then no capture is removed.
  public internal(set) var isWiderDamage = false

  /// Whether everything is as it was written.
  public var isWhole: Bool { findings.isEmpty }
}

#endif
