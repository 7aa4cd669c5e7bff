// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery

/// What the browser holds between two commands, and what each command does to it.
struct BrowserSession {
  /// Whether the mistakes of pstats are put right.
  let isExact: Bool
  /// Whether a person looks at the output, on a terminal that must not obey the names in it.
  let isTerminal: Bool
  /// Receives what commands print.
  let print: ([UInt8]) -> Void

  /// The dumps that were read, the first one in the prompt.
  private(set) var paths: [String] = []
  /// All dumps that were read since the start: none of them is overwritten.
  private var read: [String] = []
  private var profile: StatsProfile?
  private var sources: [String] = []
  private var order = ProfileOrder()
  private var reader = DumpReader()
  private var lastLine = ""

  init(isExact: Bool, isTerminal: Bool = false, print: @escaping ([UInt8]) -> Void) {
    self.isExact = isExact
    self.isTerminal = isTerminal
    self.print = print
  }

  /// Does what a line says, and returns whether to continue; an empty line repeats the last one.
  mutating func perform(_ line: String) async -> Bool {
    let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
    guard let first = words.first else {
      return lastLine.isEmpty ? true : await perform(lastLine)
    }
    lastLine = line
    guard let command = BrowserCommand(word: first) else {
      say("*** Unknown syntax: \(line)")
      return true
    }
    if command == .quit { return false }
    do {
      try await perform(command, Array(words.dropFirst()))
    } catch is ExitCode {
      // The command has said what was wrong.
    } catch {
      say("\(CommandError(error))")
    }
    return true
  }

  private mutating func perform(_ command: BrowserCommand, _ words: [String]) async throws {
    switch command {
    case .read: try read(words.isEmpty ? paths.first : words.joined(separator: " "))
    case .add: try add(words.joined(separator: " "))
    case .sort: sort(words)
    case .reverse: if isLoaded, !order.keys.isEmpty { order.isReversed.toggle() }
    case .strip: strip()
    case .stats: try report(words) { $0.statistics }
    case .callers: try report(words) { $0.callers }
    case .callees: try report(words) { $0.callees }
    case .json: try json(words)
    case .slices: try await slices(words)
    case .diff: try await diff(words)
    case .help: help(words.first)
    case .quit: break
    }
  }

  private func say(_ line: String) {
    print(Array(((isTerminal ? line.escapedForDisplay : line) + "\n").utf8))
  }

  /// Whether there is a profile; says so where there is none.
  private var isLoaded: Bool {
    if profile == nil { say("No statistics object is loaded.") }
    return profile != nil
  }

  // MARK: - Dumps

  private mutating func read(_ path: String?) throws {
    guard let path else { return say("No statistics object is current -- cannot reload.") }
    let (loaded, source) = try load(path)
    profile = loaded
    sources = [source]
    paths = [path]
    read.append(path)
    order = ProfileOrder()
  }

  private mutating func add(_ path: String) throws {
    guard isLoaded, let old = profile else { return }
    guard !path.isEmpty else { return say("Expected a dump: add DUMP") }
    let (added, source) = try load(path)
    profile = old.merged(with: added)
    sources.append(source)
    paths.append(path)
    read.append(path)
    order = ProfileOrder()
  }

  /// Reads a file; where it holds several profiles, they are added up in their order.
  private mutating func load(_ path: String) throws -> (StatsProfile, String) {
    var merger = ProfileMerger()
    for decoded in try reader.profiles(of: DumpSource(path: path)) {
      for warning in decoded.warnings { say("warning: \(warning)") }
      merger.add(decoded.profile)
    }
    let modified = try RegularFile.modificationTime(of: path)
    return (merger.takeProfile(), FileStamp.line(for: path, modified: modified))
  }

  private mutating func strip() {
    guard isLoaded else { return }
    profile = profile?.strippingDirectories(callerCollision: isExact ? .summed : .lastWins)
    order = ProfileOrder()
  }

  // MARK: - Reports

  private mutating func sort(_ words: [String]) {
    guard isLoaded else { return }
    let keys = words.compactMap { SortKey(word: $0) }
    guard !words.isEmpty, keys.count == words.count else {
      say("Valid sort keys (unique prefixes are accepted):")
      for (word, key) in SortKey.words { say("\(word) -- \(key.title)") }
      return
    }
    order = ProfileOrder(keys)
  }

  private func report(_ words: [String], _ text: (PstatsReport) -> [UInt8]) throws {
    guard isLoaded, let profile else { return }
    let query = ListingQuery(order: order, limits: limits(words))
    var report = PstatsReport(profile, try query.listing(of: profile), sources: sources)
    report.escapesControls = isTerminal
    print(text(report))
  }

  /// The limits that the words mean; a share out of range is left out, as in pstats.
  private func limits(_ words: [String]) -> [ProfileListing.Limit] {
    words.compactMap { word in
      let limit = LimitArgument(argument: word).value
      if case .fraction(let share) = limit, !(0...1).contains(share) {
        say("Fraction argument must be in [0, 1]")
        return nil
      }
      return limit
    }
  }

  private func json(_ words: [String]) throws {
    guard isLoaded, let profile else { return }
    let listing = try ListingQuery(order: order).listing(of: profile)
    func write(_ output: ([UInt8]) throws -> Void) throws {
      let data = ProfileData(profile, listing, warnings: profile.suspicions)
      try DataFormat.json.write(data, to: output)
    }
    let (path, isForced) = Self.force(words)
    guard !path.isEmpty else { return try write(print) }
    try file(path.joined(separator: " "), isForced: isForced).write(write)
  }

  /// The word that lets a file be replaced, and the others.
  private static func force(_ words: [String]) -> (others: [String], isForced: Bool) {
    let others = words.filter { $0 != BrowserCommand.force }
    return (others, others.count < words.count)
  }

  /// A file to be written: never one of the dumps, and an existing one only on request.
  private func file(_ path: String, isForced: Bool) throws -> OutputFile {
    let advice = "name another file, or use \(BrowserCommand.force) to replace it"
    return try OutputFile(
      path,
      existing: isForced ? .replaced : .refused(advice: advice),
      reading: SourceFiles(dumps: read)
    )
  }

  // MARK: - Others

  private func slices(_ words: [String]) async throws {
    let namesInput = words.contains("--store") || words.first.map { !$0.hasPrefix("-") } ?? false
    try await run(Slices.self, namesInput ? words : paths + words)
  }

  private func diff(_ words: [String]) async throws {
    guard isLoaded else { return }
    let dumps = words.prefix { !$0.hasPrefix("-") }
    guard !dumps.isEmpty else { return say("Expected a dump: diff DUMP…") }
    let sides =
      paths.flatMap { ["--before", SideArgument.argument(path: $0)] }
      + dumps.flatMap { ["--after", SideArgument.argument(path: $0)] }
    try await run(Diff.self, sides + words.dropFirst(dumps.count))
  }

  /// Runs a command of the command line; a usage error is reported as it is there.
  private func run<Command: WritingCommand>(
    _ type: Command.Type,
    _ words: [String]
  ) async throws {
    let command: any ParsableCommand
    let (words, isForced) = Self.force(words)
    do {
      command = try type.parseAsRoot(words)
    } catch {
      return print(Array((type.fullMessage(for: error) + "\n").utf8))
    }
    // What else comes out of the words are requests for help.
    guard var command = command as? any WritingCommand else { return }
    if let path = command.output.path { _ = try file(path, isForced: isForced) }
    try await command.run()
  }

  private func help(_ word: String?) {
    guard let word else { return print(Array(BrowserCommand.overview.utf8)) }
    guard let command = BrowserCommand(word: word) else { return say("*** No help on \(word)") }
    say("\(command.summary.usage): \(command.summary.purpose)")
    if let details = command.details { print(Array((details + "\n").utf8)) }
  }
}
#endif
