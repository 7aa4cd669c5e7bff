// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Profiles in JSON, as `strata report --format json` writes them: `strata/profile/1`.
///
/// Reading one gives the profile that was written, bit for bit: times are the shortest digits that
/// read back to the same `Double`, counts are whole, and the order is kept. A report that left
/// functions out is refused: its totals are those of all of them.
public struct ProfileJSONFormat: ProfileFormat {
  /// The schema of the document.
  public static let schema = "strata/profile/1"
  /// What people call such a file.
  public static let name = "JSON profile"
  /// What is looked for in folders: other JSON is of anything.
  public static let suffixes = [".strata.json"]
  /// The largest document that is read: 512 MiB; its profile takes a fifth of that.
  public static let maximumSize = 1 << 29

  /// Creates a reader.
  public init() {}

  /// Whether the file is a JSON object that names the schema near its beginning.
  public static func recognizes(_ head: FileHead) -> Bool {
    guard let first = head.bytes.first, first == UInt8(ascii: "{") || first <= 0x20 || first == 0xef
    else { return false }
    let text = head.text
    return text.hasPrefix("{") && text.contains("\"strata/profile/")
  }

  /// Reads the one profile of a document.
  public mutating func read(_ bytes: [UInt8]) throws(FormatError) -> [DecodedProfile] {
    do {
      var document = Document()
      try document.read(bytes)
      return [try document.profile()]
    } catch {
      throw FormatError(
        format: Self.name,
        error.found == nil ? .malformed : .notAProfile,
        at: error.offset,
        expected: error.expected,
        found: error.found ?? Self.found(bytes, at: error.offset)
      )
    }
  }

  /// What is at an offset, for messages.
  private static func found(_ bytes: [UInt8], at offset: Int) -> String {
    guard offset < bytes.count else { return "the end of the file" }
    let rest = bytes[offset...].prefix { $0 > 0x20 && $0 != UInt8(ascii: ",") }.prefix(20)
    guard !rest.isEmpty else { return "byte 0x" + String(bytes[offset], radix: 16) }
    return "'" + String(decoding: rest, as: UTF8.self) + "'"
  }
}

/// A document while it is read, field by field; their order does not matter.
private struct Document {
  private var assembly = ProfileAssembly()
  private var schema: String?
  private var kind = ProfileKind.traced
  private var clock = ProfileClock.wall
  private var totalCalls: CallCount?
  private var primitiveCalls: CallCount?
  private var totalTime: Double?
  private var warnings: [Warning] = []
  private var hasFunctions = false
  private var size = 0

  init() {
    assembly.reset([], functionCapacity: 0, edgeCapacity: 0)
  }

  // MARK: - Reading

  mutating func read(_ bytes: [UInt8]) throws(JSONSyntaxError) {
    size = bytes.count
    var json = JSONReader(bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...])
    try json.object { (json, key) throws(JSONSyntaxError) in try field(key, &json) }
    try json.end()
  }

  private mutating func field(_ key: String, _ json: inout JSONReader) throws(JSONSyntaxError) {
    switch key {
    case "schema":
      let start = json.offset
      schema = try json.text().string
      if schema != ProfileJSONFormat.schema {
        throw JSONSyntaxError(offset: start, expected: "\"\(ProfileJSONFormat.schema)\"")
      }
    case "kind": kind = try json.choice()
    case "clock": clock = try json.choice()
    case "totalCalls": totalCalls = try json.count()
    case "primitiveCalls": primitiveCalls = try json.count()
    case "totalTime": totalTime = try json.seconds()
    case "functions":
      hasFunctions = true
      try json.array { (json) throws(JSONSyntaxError) in try function(&json) }
    case "warnings":
      try json.array { (json) throws(JSONSyntaxError) in
        if let warning = try json.warning() { warnings.append(warning) }
      }
    default: try json.skipValue()
    }
  }

  /// One function with its callers, whose order among the fields does not matter either.
  private mutating func function(_ json: inout JSONReader) throws(JSONSyntaxError) {
    var function = Entry()
    var callers: [Entry] = []
    try json.object { (json, key) throws(JSONSyntaxError) in
      if key != "callers" { return try function.field(key, &json) }
      try json.array { (json) throws(JSONSyntaxError) in
        var caller = Entry()
        try json.object { (json, key) throws(JSONSyntaxError) in try caller.field(key, &json) }
        callers.append(caller)
      }
    }
    for caller in callers { assembly.addCaller(try number(caller, json), try caller.figures(json)) }
    let number = try number(function, json)
    guard case .full(let statistics) = try function.figures(json) else {
      throw json.expected("all four figures of a function")
    }
    assembly.addRow(number, statistics)
  }

  private mutating func number(
    _ entry: Entry,
    _ json: JSONReader
  ) throws(JSONSyntaxError) -> Int32 {
    guard let file = entry.file, let line = entry.line, let name = entry.name else {
      throw json.expected("the file, line and name of a function")
    }
    let (fileNumber, nameNumber) = (assembly.addText(file.bytes), assembly.addText(name.bytes))
    guard let number = assembly.function(file: fileNumber, line: line, name: nameNumber) else {
      throw json.expected("functions that share texts of at most 4352 bytes on average")
    }
    return number
  }

  // MARK: - The result

  mutating func profile() throws(JSONSyntaxError) -> DecodedProfile {
    guard schema != nil else { throw missing("schema") }
    guard hasFunctions else { throw missing("functions") }
    guard let totalTime else { throw missing("totalTime") }
    var profile = assembly.takeProfile()
    try check(totalCalls, profile.totalCalls, "totalCalls")
    try check(primitiveCalls, profile.primitiveCalls, "primitiveCalls")
    profile.totalTime = totalTime
    if kind == .sampled, !warnings.contains(.sampled) { warnings.insert(.sampled, at: 0) }
    if profile.rows.isEmpty { warnings.insert(.empty, at: 0) }
    return DecodedProfile(profile: profile, kind: kind, clock: clock, warnings: warnings)
  }

  private func missing(_ key: String) -> JSONSyntaxError {
    JSONSyntaxError(offset: size, expected: "a field '\(key)'", found: "none")
  }

  /// A report of some functions has the totals of all.
  private func check(
    _ given: CallCount?,
    _ sum: CallCount,
    _ key: String
  ) throws(JSONSyntaxError) {
    guard let given, given != sum else { return }
    throw JSONSyntaxError(
      offset: size,
      expected: "functions that add up to \(key) \(given)",
      found: "a sum of \(sum), as if functions were left out"
    )
  }
}

/// A function or a caller while its fields are read.
private struct Entry {
  var file: ByteString?
  var line: Int?
  var name: ByteString?
  private var callCount: CallCount?
  private var primitiveCallCount: CallCount?
  private var selfTime: Double?
  private var cumulativeTime: Double?

  mutating func field(_ key: String, _ json: inout JSONReader) throws(JSONSyntaxError) {
    switch key {
    case "file": file = try json.text()
    case "line":
      guard let number = Int(try json.number()) else { throw json.expected("a line number") }
      line = number
    case "name": name = try json.text()
    case "callCount": callCount = try json.count()
    case "primitiveCallCount": primitiveCallCount = try json.count()
    case "selfTime": selfTime = try json.seconds()
    case "cumulativeTime": cumulativeTime = try json.seconds()
    default: try json.skipValue()
    }
  }

  /// All four figures, or the number of calls alone, which is all that some profilers know of a caller.
  func figures(_ json: JSONReader) throws(JSONSyntaxError) -> CallEdge.Figures {
    switch (callCount, primitiveCallCount, selfTime, cumulativeTime) {
    case (let calls?, let primitive?, let own?, let cumulative?):
      .full(
        CallStatistics(
          callCount: calls,
          primitiveCallCount: primitive,
          selfTime: own,
          cumulativeTime: cumulative
        )
      )
    case (let calls?, nil, nil, nil): .countOnly(calls)
    default:
      throw json.expected("callCount, primitiveCallCount, selfTime and cumulativeTime")
    }
  }
}

extension JSONReader {
  /// A number of calls.
  fileprivate mutating func count() throws(JSONSyntaxError) -> CallCount {
    let start = self
    guard let count = CallCount(try number()) else {
      throw start.expected("a whole number of at most 127 bits")
    }
    return count
  }

  /// Seconds; NaN and infinities, which JSON lacks, are texts.
  fileprivate mutating func seconds() throws(JSONSyntaxError) -> Double {
    let start = self
    switch try value() {
    case .number(let digits):
      if let seconds = Double(digits), seconds.isFinite { return seconds }
    case .string(let text):
      if ["nan", "inf", "-inf"].contains(text.string), let seconds = Double(text.string) {
        return seconds
      }
    default: break
    }
    throw start.expected("seconds as a number, or \"nan\", \"inf\" or \"-inf\"")
  }

  fileprivate mutating func choice<Choice: RawRepresentable<String> & CaseIterable>()
    throws(JSONSyntaxError) -> Choice
  {
    let start = self
    guard let choice = Choice(rawValue: try text().string) else {
      let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw start.expected("one of \(words)")
    }
    return choice
  }

  /// A warning that only the reader of the original dump could give; others follow from the figures.
  fileprivate mutating func warning() throws(JSONSyntaxError) -> Warning? {
    var code: String?
    var count: Int?
    var offset: Int?
    var example = Entry()
    try object { (json, key) throws(JSONSyntaxError) in
      switch key {
      case "code": code = try json.text().string
      case "bytes": count = Int(try json.number())
      case "offset": offset = Int(try json.number())
      case "example":
        try json.object { (json, key) throws(JSONSyntaxError) in try example.field(key, &json) }
      default: try json.skipValue()
      }
    }
    switch code {
    case "sampled": return .sampled
    case "trailingBytes":
      if let count, let offset { return .trailingBytes(count: count, offset: offset) }
    case "repeatedFunction":
      if let file = example.file, let line = example.line, let name = example.name {
        return .repeatedFunction(Function(file: file, line: line, name: name))
      }
    default: break
    }
    return nil
  }
}
