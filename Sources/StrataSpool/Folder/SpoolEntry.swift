// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A line of `index.jsonl`: what a dump beside the index does not say of itself.
///
/// A line has at most 64 KiB, such as
/// `{"file": "a.prof", "timestamp": "1767603600.771", "labels": {"endpoint": "search"}}`; the keys
/// are `file`, `timestamp`, `duration`, `labels`, `kind`, `clock`, `weight`, `covers` and `id`. Times
/// are seconds as decimal texts (numbers are accepted), so that nanoseconds survive. An export of a
/// store has `profileID` and `timeSource` too, so that the records come back as they were.
public struct SpoolEntry: Hashable, Sendable {
  /// The most bytes of a line, its line feed not counted: 64 KiB.
  public static let maximumLineSize = 1 << 16

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
  /// The identity that the program that took the capture gave it.
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
  /// - Throws: ``SpoolEntryError`` that says which key is missing or has which wrong value; a start, a
  ///   duration and labels are wrong if they are out of bounds.
  /// - Complexity: O(*n* log *n*) in the length of the line, which is bounded.
  public init(line: ArraySlice<UInt8>) throws(SpoolEntryError) {
    let size = line.count - (line.last == UInt8(ascii: "\n") ? 1 : 0)
    guard size <= Self.maximumLineSize else {
      throw SpoolEntryError("expected at most \(Self.maximumLineSize) bytes, found \(size)")
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: line)
    } catch {
      throw SpoolEntryError("at byte \(error.offset): expected \(error.expected)")
    }
    guard case .object = value else {
      throw SpoolEntryError("expected an object, found \(value.kind)")
    }
    let fields = SpoolFields(object: value)
    file = try fields.path("file")
    start = try fields.start("timestamp")
    duration = try fields.duration("duration", from: start)
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
      case .string(let text)?: "'\(Self.cut(text.string))'"
      case .number(let digits)?: Self.cut(digits)
      case let value?: value.kind
      }
    return SpoolEntryError("\(key): expected \(expected), found \(found)")
  }

  /// The beginning of a value, which may be as long as a line.
  private static func cut(_ text: String) -> String {
    text.utf8.count <= 100 ? text : String(text.unicodeScalars.prefix(60)) + "…"
  }

  /// A text, or nil where the key is absent or null.
  func text(_ key: String) throws(SpoolEntryError) -> String? {
    try bytes(key)?.string
  }

  private func bytes(_ key: String) throws(SpoolEntryError) -> ByteString? {
    switch object[key] {
    case nil, .null?: return nil
    case .string(let text)?: return text
    default: throw unexpected(key, "a string")
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

  func start(_ key: String) throws(SpoolEntryError) -> Timestamp {
    guard let value = try optionalSeconds(key) else {
      throw unexpected(key, "seconds since the epoch")
    }
    let start = Timestamp(nanoseconds: value)
    guard start.isPossibleStart else {
      let (first, last) = (Timestamp.firstStart.iso8601, Timestamp.lastStart.iso8601)
      throw unexpected(key, "a start from \(first) to \(last)")
    }
    return start
  }

  func duration(_ key: String, from start: Timestamp) throws(SpoolEntryError) -> Duration? {
    guard let duration = try optionalSeconds(key).map(Duration.nanoseconds) else { return nil }
    do { try start.checkStart(duration: duration) } catch {
      throw unexpected(key, "0 or more seconds, and an end before 2262-04-12")
    }
    return duration
  }

  func optionalSeconds(_ key: String) throws(SpoolEntryError) -> Int64? {
    let digits: String
    switch object[key] {
    case nil, .null?: return nil
    case .string(let text)?: digits = text.string
    case .number(let number)?: digits = number
    default: throw unexpected(key, "seconds as a decimal string")
    }
    guard let nanoseconds = Int64(decimalSeconds: digits) else {
      throw unexpected(key, "seconds as a decimal string")
    }
    return nanoseconds
  }

  func labels(_ key: String) throws(SpoolEntryError) -> Labels {
    let fields: [(key: String, value: JSONValue)]
    switch object[key] {
    case nil, .null?: return [:]
    case .object(let pairs)?: fields = pairs
    default: throw unexpected(key, "an object of strings")
    }
    var pairs: [Labels.Label] = []
    for (name, value) in fields {
      guard case .string(let text) = value else {
        throw SpoolEntryError("\(key).\(Self.cut(name)): expected a string, found \(value.kind)")
      }
      pairs.append(Labels.Label(key: name, value: text.string))
    }
    let labels = Labels(pairs)
    do { try labels.check() } catch { throw SpoolEntryError(error.description) }
    return labels
  }

  /// The identity itself, else that of the text which was given.
  func identity() throws(SpoolEntryError) -> ProfileID? {
    let given = try givenID()
    guard let text = try text("profileID") else { return given }
    guard let id = ProfileID(hexadecimal: text) else {
      throw unexpected("profileID", "32 hexadecimal digits")
    }
    return id
  }

  /// The identity of the text that was given, which must distinguish captures.
  private func givenID() throws(SpoolEntryError) -> ProfileID? {
    guard let bytes = try bytes("id")?.bytes else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw unexpected("id", "a string without lone surrogates")
    }
    guard !text.allSatisfy(\.isWhitespace) else {
      throw unexpected("id", "a string that is not empty")
    }
    return ProfileID(given: text)
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
    default: throw unexpected(key, "a number above 0, up to 9223372036")
    }
    guard let weight = Weight(decimal: digits) else {
      throw unexpected(key, "a number above 0, up to 9223372036")
    }
    return weight
  }
}

extension SpoolEntry {
  /// The entry as one line of an index: a JSON object and a line feed.
  ///
  /// ```swift
  /// let entry = SpoolEntry(file: "a.prof", start: Timestamp(nanoseconds: 1_500_000_000))
  /// // {"file":"a.prof","timestamp":"1.5"}
  /// ```
  ///
  /// What is absent or 1 by default is left out. Times have nine decimals, trailing zeros cut; a
  /// part of a duration below a nanosecond is cut too. The ``id`` is written as `profileID`: an
  /// entry keeps a hash of a text that was the `id` in the index, and the text cannot be recovered
  /// (``line(id:)`` takes it).
  ///
  /// - Complexity: O(*n*) in the length of the labels.
  public var line: [UInt8] { line(givenID: nil) }

  /// The entry as one line of an index, with the text of its identity.
  ///
  /// - Parameter id: What ``id`` is read from, whatever it is now.
  /// - Returns: A JSON object and a line feed.
  /// - Complexity: O(*n*) in the length of the labels.
  public func line(id: String) -> [UInt8] { line(givenID: id) }

  private func line(givenID: String?) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("file", file)
      json.field("timestamp", DecimalText.of(Int128(start.nanoseconds), decimals: 9))
      if let duration { json.field("duration", DecimalText.seconds(duration)) }
      if !labels.pairs.isEmpty {
        json.object("labels") { for label in labels.pairs { $0.field(label.key, label.value) } }
      }
      if let kind { json.field("kind", kind.rawValue) }
      if let clock { json.field("clock", clock.rawValue) }
      if weight != .one {
        json.field("weight", DecimalText.of(Int128(weight.millionths), decimals: 6))
      }
      if covers != .call { json.field("covers", covers.rawValue) }
      if let givenID {
        json.field("id", givenID)
      } else if let id {
        json.field("profileID", id.description)
      }
      if let timeSource { json.field("timeSource", timeSource.rawValue) }
    }
    json.endDocument()
    return json.bytes
  }
}

/// Whole numbers of a small unit as decimal texts of a large one, exactly.
private enum DecimalText {
  /// A number of units of 10^-`decimals`, as short as it can be: 1 500 with 3 decimals is `1.5`.
  static func of(_ value: Int128, decimals: Int) -> String {
    let digits = Array(String(value.magnitude).utf8)
    let padded =
      repeatElement(UInt8(ascii: "0"), count: max(0, decimals + 1 - digits.count)) + digits
    let whole = String(decoding: padded.dropLast(decimals), as: UTF8.self)
    var fraction = padded.suffix(decimals)
    while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
    let point = fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self)
    return (value < 0 ? "-" : "") + whole + point
  }

  /// A duration in seconds.
  static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return of(Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000), decimals: 9)
  }
}
