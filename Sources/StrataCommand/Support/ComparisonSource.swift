// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCharts
import StrataCore
import StrataQuery

/// Which captures are compared with which: dumps with dumps, or parts of one source.
struct ComparisonSource: ParsableArguments {
  @OptionGroup var source: ProfileSource

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The new side, where a side is more than one dump or folder: OLD… --with NEW….",
      valueName: "new"
    ),
    completion: .file()
  )
  var with: [PathArguments] = []

  @Option(
    help: ArgumentHelp(
      "The range of the old side: TIME..TIME, of which one may be absent; times as in --since.",
      valueName: "range"
    )
  )
  var old: RangeArgument?

  @Option(help: ArgumentHelp("The range of the new side.", valueName: "range"))
  var new: RangeArgument?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Conditions as in --where, for the old side alone.", valueName: "conditions")
  )
  var oldWhere: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Conditions for the new side alone.", valueName: "conditions")
  )
  var newWhere: [String] = []

  @OptionGroup var selection: SelectionOptions

  func validate() throws {
    guard sides == nil else { return }
    let (saysOld, saysNew) = (old != nil || !oldWhere.isEmpty, new != nil || !newWhere.isEmpty)
    guard with.isEmpty else { throw ValidationError("Name the old side before --with.") }
    guard saysOld && saysNew else {
      throw ValidationError(
        "Say what to compare: OLD NEW, or OLD… --with NEW…, or parts of one source by --old and "
          + "--new (ranges) or --old-where and --new-where (conditions)."
      )
    }
  }

  /// The paths of both sides; nil where both are parts of one source.
  private var sides: (old: [String], new: [String])? {
    let paths = source.paths
    if !with.isEmpty { return paths.isEmpty ? nil : (paths, with.paths) }
    return paths.count == 2 ? ([paths[0]], [paths[1]]) : nil
  }

  /// The files that are read.
  var files: SourceFiles {
    guard let sides else { return source.files }
    return SourceFiles(dumps: sides.old + sides.new)
  }

  /// Asks for the comparison; one bad dump, or a side without captures, fails the whole.
  func comparison(_ query: ComparisonQuery) throws -> ProfileComparison {
    var query = query
    query.old = try selection(old, oldWhere)
    query.new = try selection(new, newWhere)
    let comparison = try answer(query)
    for (side, name) in [(comparison.old, "old"), (comparison.new, "new")]
    where side.captures == 0 {
      throw CommandError(.noInput, "no captures on the \(name) side: nothing to compare")
    }
    return comparison
  }

  private func answer(_ query: ComparisonQuery) throws -> ProfileComparison {
    if let sides {
      return try query.comparison(of: store(of: sides.old), with: store(of: sides.new))
    }
    let (store, failures) = try source.open()
    if let failure = failures.first { throw failure }
    return try store.comparison(query)
  }

  private func store(of paths: [String]) throws -> MemoryStore {
    let (store, failures) = source.read(paths)
    if let failure = failures.first { throw failure }
    return store
  }

  /// What both sides have in common, with what one side has alone.
  private func selection(
    _ range: RangeArgument?,
    _ conditions: [String]
  ) throws(QueryError) -> ProfileSelection {
    var side = try selection.selection()
    side.filter = side.filter.and(try CaptureFilter(parsing: conditions.joined(separator: ",")))
    side.since = [side.since, range?.since].compactMap(\.self).max()
    side.until = [side.until, range?.until].compactMap(\.self).min()
    return side
  }

  /// What the sides are, in words, and which functions count.
  func labels(title: String?, function: String?) -> ComparisonLabels {
    let functions = function.map { "functions like \($0)" }
    return ComparisonLabels(
      title: title,
      subtitle: [selection.summary, functions].compactMap(\.self).joined(separator: " · "),
      old: name(sides?.old, old, oldWhere),
      new: name(sides?.new, new, newWhere)
    )
  }

  private func name(_ paths: [String]?, _ range: RangeArgument?, _ conditions: [String]) -> String {
    let files = paths.map { $0.count == 1 ? $0[0] : "\($0[0]) and \($0.count - 1) more" }
    return ([files] + conditions + [range?.words]).compactMap(\.self).joined(separator: " · ")
  }
}

/// A range of time as an argument: `TIME..TIME`, half-open, of which one may be absent.
struct RangeArgument: ExpressibleByArgument {
  var since: Timestamp?
  var until: Timestamp?

  init?(argument: String) {
    guard let dots = argument.firstRange(of: "..") else { return nil }
    let texts = [argument[..<dots.lowerBound], argument[dots.upperBound...]].map(String.init)
    let times = texts.map { $0.isEmpty ? nil : TimeArgument(argument: $0)?.value }
    guard zip(texts, times).allSatisfy({ $0.isEmpty || $1 != nil }), texts != ["", ""] else {
      return nil
    }
    (since, until) = (times[0], times[1])
  }

  /// The range in words.
  var words: String {
    switch (since, until) {
    case (let since?, let until?): "\(since.iso8601) to \(until.iso8601)"
    case (let since?, nil): "since \(since.iso8601)"
    case (nil, let until?): "before \(until.iso8601)"
    case (nil, nil): "all"
    }
  }
}
#endif
