// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A line of `index.jsonl`: what a dump beside the index does not say of itself.
///
/// `{"file": "a.prof", "timestamp": "1767603600.771", "labels": {"endpoint": "search"}}`; the keys
/// are `file`, `timestamp`, `duration`, `labels`, `kind`, `clock`, `weight`, `covers` and `id`. Times
/// are seconds as decimal texts (numbers are accepted), so that nanoseconds survive. An export of a
/// store has `profileID` and `timeSource` too, so that the records come back as they were.
public struct SpoolEntry: Hashable, Sendable {
  /// The dump, relative to the folder of the index.
  public var file: String
  /// The start of the capture.
  public var start: Timestamp
  /// How long the capture took, if that is known.
  public var duration: Duration?
  /// What was profiled.
  public var labels: Labels
  /// How the figures came about; nil leaves it to the dump.
  public var kind: ProfileKind?
  /// What the times measure; nil leaves it to the dump.
  public var clock: ProfileClock?
  /// How many captures this one stands for.
  public var weight: Weight
  /// Whether the capture is one call, or a stretch of time.
  public var covers: Coverage
  /// The identity given by whoever took the capture.
  public var id: ProfileID?
  /// Where the start was found, if not here first.
  public var timeSource: TimeSource?

  /// Creates an entry; ``line`` writes it.
  public init(
    file: String,
    start: Timestamp,
    duration: Duration? = nil,
    labels: Labels = [:],
    kind: ProfileKind? = nil,
    clock: ProfileClock? = nil,
    weight: Weight = .one,
    covers: Coverage = .call,
    id: ProfileID? = nil,
    timeSource: TimeSource? = nil
  ) {
    self.file = file
    self.start = start
    self.duration = duration
    self.labels = labels
    self.kind = kind
    self.clock = clock
    self.weight = weight
    self.covers = covers
    self.id = id
    self.timeSource = timeSource
  }

  /// Reads one line.
  ///
  /// - Throws: ``SpoolEntryError`` that says which key is missing or has which wrong value.
  public init(line: ArraySlice<UInt8>) throws(SpoolEntryError) {
    let value: JSONValue
    do {
      value = try JSONParser.parse(line)
    } catch {
      throw SpoolEntryError("at byte \(error.offset): expected \(error.expected)")
    }
    guard case .object = value else {
      throw SpoolEntryError("expected an object, found \(value.kind)")
    }
    let fields = SpoolFields(object: value)
    file = try fields.path("file")
    start = Timestamp(nanoseconds: try fields.seconds("timestamp"))
    duration = try fields.optionalSeconds("duration").map(Duration.nanoseconds)
    labels = try fields.labels("labels")
    kind = try fields.choice("kind")
    clock = try fields.choice("clock")
    weight = try fields.weight("weight")
    covers = try fields.choice("covers") ?? .call
    id = try fields.identity()
    timeSource = try fields.choice("timeSource")
  }
}

/// What is wrong with a line of an index.
public struct SpoolEntryError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reason: which key, what was expected, what was found.
  public var description: String

  init(_ description: String) {
    self.description = description
  }
}

/// The fields of a line, each read as what it must be.
private struct SpoolFields {
  let object: JSONValue

  private func unexpected(_ key: String, _ expected: String) -> SpoolEntryError {
    let found =
      switch object[key] {
      case nil: "none"
      case .string(let text)?: "'\(text)'"
      case .number(let digits)?: digits
      case let value?: value.kind
      }
    return SpoolEntryError("\(key): expected \(expected), found \(found)")
  }

  /// A text, or nil where the key is absent or null.
  func text(_ key: String) throws(SpoolEntryError) -> String? {
    switch object[key] {
    case nil, .null?: return nil
    case .string(let text)?: return text.string
    default: throw unexpected(key, "a text")
    }
  }

  /// A path below the folder of the index: an index must not reach for other files.
  func path(_ key: String) throws(SpoolEntryError) -> String {
    let path = try text(key) ?? ""
    // Bytes, as the system reads a path: a combining mark hides a slash from Swift's characters.
    let bytes = Array(path.utf8)
    let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isBelow = !parts[0].isEmpty && !parts.contains { $0.elementsEqual("..".utf8) }
    guard isBelow, !bytes.contains(0) else {
      throw unexpected(key, "a path below the folder of the index")
    }
    return path
  }

  func seconds(_ key: String) throws(SpoolEntryError) -> Int64 {
    guard let value = try optionalSeconds(key) else {
      throw unexpected(key, "seconds since the epoch")
    }
    return value
  }

  func optionalSeconds(_ key: String) throws(SpoolEntryError) -> Int64? {
    let digits: String
    switch object[key] {
    case nil, .null?: return nil
    case .string(let text)?: digits = text.string
    case .number(let number)?: digits = number
    default: throw unexpected(key, "seconds as a decimal text")
    }
    guard let nanoseconds = Int64(decimalSeconds: digits) else {
      throw unexpected(key, "seconds as a decimal text")
    }
    return nanoseconds
  }

  func labels(_ key: String) throws(SpoolEntryError) -> Labels {
    let fields: [(key: String, value: JSONValue)]
    switch object[key] {
    case nil, .null?: return [:]
    case .object(let pairs)?: fields = pairs
    default: throw unexpected(key, "an object of texts")
    }
    var labels: Labels = [:]
    for (name, value) in fields {
      guard case .string(let text) = value else {
        throw SpoolEntryError("\(key).\(name): expected a text, found \(value.kind)")
      }
      labels[name] = text.string
    }
    return labels
  }

  /// The identity itself, else that of the text which was given.
  func identity() throws(SpoolEntryError) -> ProfileID? {
    guard let text = try text("profileID") else {
      return try self.text("id").map(ProfileID.init(given:))
    }
    guard let id = ProfileID(hexadecimal: text) else {
      throw unexpected("profileID", "32 hexadecimal digits")
    }
    return id
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String
  ) throws(SpoolEntryError) -> Choice? {
    guard let text = try text(key) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw unexpected(key, "one of \(choices)")
    }
    return choice
  }

  func weight(_ key: String) throws(SpoolEntryError) -> Weight {
    let digits: String
    switch object[key] {
    case nil, .null?: return .one
    case .string(let text)?: digits = text.string
    case .number(let number)?: digits = number
    default: throw unexpected(key, "a number above 0")
    }
    guard let weight = Weight(decimal: digits) else { throw unexpected(key, "a number above 0") }
    return weight
  }
}
