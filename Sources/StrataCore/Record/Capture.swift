// SPDX-License-Identifier: Apache-2.0

/// One profile with all that is known about it: when, how and of what it was taken.
public struct Capture: Sendable {
  /// What a capture holds.
  ///
  /// Formats that record whole stacks will add a case of their own: folding stacks into caller edges
  /// would lose what they know exactly.
  public enum Content: Sendable {
    /// Figures for each function and for each of its callers.
    case calls(StatsProfile)
  }

  /// The identity; a store keeps one capture with it.
  public var id: ProfileID
  /// When the capture started.
  public var start: Timestamp
  /// How long the capture took, if that is known.
  public var duration: Duration?
  /// Where the start was found.
  public var timeSource: TimeSource
  /// How the figures came about.
  public var kind: ProfileKind
  /// What the times measure.
  public var clock: ProfileClock
  /// How many captures this one stands for.
  public var weight: Weight
  /// Whether the capture is one call, or a stretch of time.
  public var covers: Coverage
  /// What was profiled, such as service, host, version, endpoint and input.
  public var labels: Labels
  /// What was recorded.
  public var content: Content

  /// The recorded calls.
  public var profile: StatsProfile {
    get {
      switch content {
      case .calls(let profile): profile
      }
    }
    set { content = .calls(newValue) }
  }

  /// Creates a capture of calls.
  public init(
    id: ProfileID,
    start: Timestamp,
    duration: Duration? = nil,
    timeSource: TimeSource = .given,
    kind: ProfileKind = .traced,
    clock: ProfileClock = .wall,
    weight: Weight = .one,
    covers: Coverage = .call,
    labels: Labels = [:],
    profile: StatsProfile
  ) {
    self.id = id
    self.start = start
    self.duration = duration
    self.timeSource = timeSource
    self.kind = kind
    self.clock = clock
    self.weight = weight
    self.covers = covers
    self.labels = labels
    content = .calls(profile)
  }
}

/// How the figures of a profile came about; figures of two kinds are never summed.
public enum ProfileKind: String, Hashable, Sendable, CaseIterable {
  /// Every call was counted and timed (cProfile, `profile`, yappi).
  case traced
  /// The figures are estimates from samples.
  case sampled
  /// The figures were rounded before they came here (logged `StatsProfile`s).
  case rounded
}

/// What the times of a profile measure; times of two clocks are never summed.
public enum ProfileClock: String, Hashable, Sendable, CaseIterable {
  /// Elapsed time (cProfile's default).
  case wall
  /// CPU time of the process (the `profile` module's default).
  case cpu
}

/// What a capture covers.
///
/// A capture of a stretch of time holds any number of calls, so a figure per capture says how busy
/// the program was rather than how long a call took: questions about single calls refuse it.
public enum Coverage: String, Hashable, Sendable, CaseIterable {
  /// One call: a request, a task, one run of a program.
  case call
  /// A stretch of time with any number of calls (``Capture/duration`` long).
  case slice
  /// Not known: the capture comes from a store that did not keep it.
  case unknown
}

/// Where the start of a capture was found.
public enum TimeSource: String, Hashable, Sendable, CaseIterable {
  /// The caller of the library, or `--timestamp`, gave it.
  case given
  /// A line of `index.jsonl`.
  case index
  /// The name of the file.
  case name
  /// The modification time of the file, which is the end of the capture.
  case modification
}

/// How many captures one record stands for: 1 / the probability that it was taken.
///
/// It is kept in millionths, so that weighted sums are exact as well.
public struct Weight: Hashable, Sendable {
  /// The weight times 1,000,000.
  public let millionths: Int64

  /// The weight of a capture that stands for itself.
  public static let one = Weight(millionths: 1_000_000)

  private init(millionths: Int64) {
    self.millionths = millionths
  }

  /// Creates a weight from millionths; nil unless it is more than 0 and at most 10¹⁰.
  public init?(exactMillionths millionths: Int64) {
    guard millionths > 0, millionths <= 10_000_000_000_000_000 else { return nil }
    self.millionths = millionths
  }

  /// Reads a decimal number above 0 such as `400` or `2.5`, up to 9.2·10⁹; nil for anything else.
  public init?(decimal text: some StringProtocol) {
    guard let billionths = Int64(decimalSeconds: String(text)) else { return nil }
    let (millionths, rest) = billionths.quotientAndRemainder(dividingBy: 1_000)
    // Not rounded up beyond what is read here: what is written must be read again.
    let rounded = rest >= 500 ? millionths + 1 : millionths
    self.init(exactMillionths: min(rounded, Int64.max / 1_000))
  }
}
