// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
// FileManager: whether the folder is empty.
import Foundation
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery

/// `strata store export`: captures as dumps, with an index that says all else.
struct StoreExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write captures as dumps, with an index.jsonl that describes them.",
    discussion: """
      pstats and other tools can read the dumps. Importing the folder into another store gives the \
      same captures: figures bit for bit, time, duration, kind, clock, weight, labels and \
      identity. Captures from older versions that an import would refuse today, such as those with \
      more than 64 labels, are written unchanged, with a warning. Pruned captures exist only as \
      sums: a selection that includes any is refused, and the message says which captures are \
      complete.

      EXAMPLES
        strata store export team-dumps
        strata store export slow --where endpoint=/search --since 2h
        strata import slow --store other.db

      EXIT CODES
        0 all selected captures are written; 64 some were pruned; 65 one is damaged; 66 the store \
      is missing; 73 the folder has files, or is not writable
      """
  )

  @Argument(
    help: ArgumentHelp("A new or empty folder; any folder with --force.", valueName: "folder"),
    completion: .directory
  )
  var folder: String

  @Flag(
    help: """
      Add to a folder that has files: dumps get unique names, and lines are appended to its index. \
      No file is replaced.
      """
  )
  var force = false

  @OptionGroup var location: StoreLocation
  @OptionGroup var selection: SelectionOptions

  func run() async throws {
    let selection = try selection.selection()
    let store = try await location.open(.reading)
    try checkFolder()
    do {
      let written = try await store.read { try await write(selection, of: $0) }
      print("\(written.count) capture\(written.count == 1 ? "" : "s") written: \(folder)")
      if let refusal = written.refusal { Diagnostics.warn(refusal) }
    } catch let error as SpoolError {
      throw CommandError(.cannotWrite, "\(error)")
    }
  }

  private func checkFolder() throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard force || names.isEmpty else {
      throw CommandError(
        .cannotWrite,
        "\(folder): expected a new or empty folder, found one with files; name another, or add to "
          + "it with --force"
      )
    }
    // With an index, a folder is what the index says.
    let dumps = names.filter { name in ProfileReader.suffixes.contains(where: name.hasSuffix) }
    guard dumps.isEmpty || names.contains(DumpCatalog.indexName) else {
      throw CommandError(
        .cannotWrite,
        "\(folder): has dumps without an index, which the export's index would hide; name "
          + "another folder"
      )
    }
  }

  /// Writes the captures, one in memory at a time; returns their number, and the warning about
  /// those that no import would take.
  private func write(
    _ selection: ProfileSelection,
    of view: any StoreView
  ) async throws -> (count: Int, refusal: String?) {
    var bar = ProgressBar(total: try await view.survey(selection, longestExpected: nil).captures)
    defer { bar.clear() }
    var (count, refusedCount) = (0, 0)
    var firstRefusal: String?
    // Not before the store has agreed to the selection.
    var spool: SpoolFolder?
    try await view.forEachCapture(selection) { record in
      let open = try spool ?? SpoolFolder(path: folder, limit: .max)
      spool = open
      let (source, refusal) = try open.export(record)
      if let refusal {
        refusedCount += 1
        firstRefusal = firstRefusal ?? "\(source.path): \(refusal)"
      }
      count += 1
      bar.update(done: count)
    }
    let refusal = firstRefusal.map {
      "an import will refuse \(refusedCount) of these captures until their lines in "
        + "\(DumpCatalog.indexName) are changed, such as \($0)"
    }
    return (count, refusal)
  }
}
#endif
