// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery

/// A profile that was added up, with what is known of it.
struct ReportInput {
  var profile: StatsProfile
  /// Where it comes from, in lines for the head of a report.
  var sources: [String]
  /// How the figures came about; nil where they came about in different ways.
  var kind: ProfileKind?
  /// What the times measure; nil where they measure different things.
  var clock: ProfileClock?
  var warnings: [Warning]
}

/// Where a report finds its captures: dumps that are named, else a store; all are added up.
struct ReportSource: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Dumps or folders of dumps, added up in this order; otherwise the store is queried.",
      valueName: "paths"
    ),
    completion: .file()
  )
  var pathArguments: [PathArguments] = []

  var paths: [String] { pathArguments.paths }

  @OptionGroup var location: StoreLocation
  @OptionGroup var selection: SelectionOptions

  func validate() throws {
    guard paths.isEmpty || location.store == nil else {
      throw ValidationError("Specify dumps or --store, not both.")
    }
  }

  /// The files that are read.
  var files: SourceFiles {
    SourceFiles(dumps: paths, store: paths.isEmpty ? location.file : nil)
  }

  /// Reads and adds up everything; one bad dump fails the whole.
  func read(_ order: MergeOrder) async throws -> ReportInput {
    paths.isEmpty ? try await readStore() : try readDumps(order)
  }

  private func readStore() async throws -> ReportInput {
    let merged = try await location.open(.reading).merged(try selection.selection())
    let range = [merged.first, merged.last].compactMap { $0?.iso8601 }
    let captures = "\(merged.captures) capture\(merged.captures == 1 ? "" : "s")"
    let head = ([captures] + range.prefix(merged.captures > 1 ? 2 : 1)).joined(separator: "  ")
    return ReportInput(
      profile: merged.profile,
      sources: [head + "    " + location.name],
      kind: merged.kind,
      clock: merged.clock,
      warnings: []
    )
  }

  private func readDumps(_ order: MergeOrder) throws -> ReportInput {
    var sum = DumpSum(of: try selection.selection())
    switch order {
    case .given:
      for found in DumpWalk(paths: paths) { try sum.add(found.get()) }
    case .constructor:
      let sources = try DumpWalk(paths: paths).map { try $0.get() }
      for source in order.arranged(sources) { try sum.add(source) }
    }
    return ReportInput(
      profile: sum.takeProfile(),
      sources: sum.stamps,
      kind: sum.kinds.count == 1 ? sum.kinds.first : nil,
      clock: sum.clocks.count == 1 ? sum.clocks.first : nil,
      warnings: sum.warnings
    )
  }
}

/// Which dump is added after which.
enum MergeOrder: String, ChoiceArgument {
  /// The order given, as `Stats(a).add(b).add(c)`.
  case given
  /// As `Stats(a, b, c)` has it, which adds a, c, b.
  case constructor

  func arranged<Source>(_ sources: [Source]) -> [Source] {
    switch self {
    case .given: sources
    case .constructor: Array(sources.prefix(1)) + sources.dropFirst().reversed()
    }
  }
}
#endif
