// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCharts
import StrataCore
import StrataQuery
import StrataService

/// Which captures are compared with which: two paths, or two sides of any form.
struct ComparisonSource: ParsableArguments {
  @OptionGroup var source: ProfileSource

  @Option(
    name: .customLong("before"),
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      The captures to compare with: a range TIME..TIME (either end may be absent), conditions as \
      in --where, or a path. May be repeated: paths are added up; ranges and conditions must all \
      hold.
      """,
      valueName: "side"
    ),
    completion: .file()
  )
  var before: [SideArgument] = []

  @Option(
    name: .customLong("after"),
    parsing: .singleValue,
    help: ArgumentHelp("The captures to compare, in the same forms.", valueName: "side"),
    completion: .file()
  )
  var after: [SideArgument] = []

  @OptionGroup var selection: SelectionOptions

  func validate() throws {
    let paths = source.paths
    guard !before.isEmpty || !after.isEmpty else {
      guard paths.count != 2 else { return }
      throw ValidationError(
        paths.count > 2
          ? "Specify which side each path is on: --before PATH --before PATH --after PATH."
          : "Specify what to compare: two paths, or --before SIDE --after SIDE, where a side is a "
            + "range TIME..TIME, a condition such as version=1.4, or a path."
      )
    }
    guard !before.isEmpty && !after.isEmpty else {
      throw ValidationError("--before and --after must be used together.")
    }
    let (before, after) = sides
    guard paths.isEmpty || before.paths.isEmpty && after.paths.isEmpty else {
      do {
        for side in [before, after] { try side.checkPaths() }
      } catch let error as CommandError {
        throw ValidationError(error.description)
      }
      throw ValidationError(
        "'\(paths[0])' is on neither side: give each path, or a folder of them, with --before or "
          + "--after."
      )
    }
    guard source.location.store == nil || before.paths.isEmpty || after.paths.isEmpty else {
      throw ValidationError("Specify dumps or --store, not both.")
    }
  }

  /// Both sides; two paths alone are one side each.
  private var sides: (before: ComparisonSide, after: ComparisonSide) {
    guard before.isEmpty, after.isEmpty, source.paths.count == 2 else {
      return (ComparisonSide(before.map(\.value)), ComparisonSide(after.map(\.value)))
    }
    return (ComparisonSide([.path(source.paths[0])]), ComparisonSide([.path(source.paths[1])]))
  }

  /// The files that are read.
  var files: SourceFiles {
    let (before, after) = sides
    if before.paths.isEmpty && after.paths.isEmpty { return source.files }
    let readsStore = before.paths.isEmpty || after.paths.isEmpty
    return SourceFiles(
      dumps: before.paths + after.paths,
      store: readsStore ? source.location.file : nil
    )
  }

  /// Asks for the comparison; one bad dump, or a side without captures, fails the whole.
  func comparison(_ query: ComparisonQuery) async throws -> ProfileComparison {
    var query = query
    let (before, after) = sides
    for side in [before, after] { try side.checkPaths() }
    query.before = try selection(of: before)
    query.after = try selection(of: after)
    let comparison = try await answer(query, before, after)
    for (side, name) in [(comparison.before, "--before"), (comparison.after, "--after")]
    where side.captures == 0 {
      throw CommandError(.noInput, "no captures on the \(name) side: nothing to compare")
    }
    return comparison
  }

  private func answer(
    _ query: ComparisonQuery,
    _ before: ComparisonSide,
    _ after: ComparisonSide
  ) async throws -> ProfileComparison {
    guard before.paths.isEmpty && after.paths.isEmpty else {
      let (left, right) = (try await store(of: before), try await store(of: after))
      return try await query.comparison(of: left, with: right)
    }
    let (store, failures) = try await source.open()
    if let failure = failures.first { throw failure }
    return try await store.comparison(query)
  }

  private func store(of side: ComparisonSide) async throws -> any ProfileStore {
    guard !side.paths.isEmpty else { return try await source.location.open(.reading) }
    let (store, failures) = source.read(side.paths)
    if let failure = failures.first { throw failure }
    return store
  }

  /// What both sides have in common, with what one side has alone.
  private func selection(of side: ComparisonSide) throws(QueryError) -> ProfileSelection {
    try selection.request.selection(and: side.request)
  }

  /// What the sides are, in words, and which functions count.
  func labels(title: String?, function: String?) -> ComparisonLabels {
    let functions = function.map { "functions matching \($0)" }
    let (before, after) = sides
    return ComparisonLabels(
      title: title,
      subtitle: [selection.summary, functions].compactMap(\.self).joined(separator: " · "),
      before: name(of: before, beside: after),
      after: name(of: after, beside: before),
      advice: .options
    )
  }

  private func name(of side: ComparisonSide, beside other: ComparisonSide) -> String {
    // Where the other side names files, this one is of the store.
    let isStore = side.paths.isEmpty && !other.paths.isEmpty
    return [isStore ? source.location.name : nil, side.name].compactMap(\.self)
      .joined(separator: " · ")
  }
}
#endif
