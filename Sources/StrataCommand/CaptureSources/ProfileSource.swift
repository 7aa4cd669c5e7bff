// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery

/// Where a question finds its captures: dumps that are named, else a store.
struct ProfileSource: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Dumps, folders of dumps or folders with an index.jsonl; otherwise the store is queried.",
      valueName: "paths"
    ),
    completion: .file()
  )
  var pathArguments: [PathArguments] = []

  var paths: [String] { pathArguments.paths }

  @OptionGroup var location: StoreLocation

  @Option(
    help: ArgumentHelp(
      "Take labels from the last components of each path, as in '{service}/{host}/*.prof'.",
      valueName: "pattern",
      visibility: .hidden
    ),
    transform: { try PathLabels($0) }
  )
  var pathLabels: PathLabels?

  func validate() throws {
    guard paths.isEmpty || location.store == nil else {
      throw ValidationError("Specify dumps or --store, not both.")
    }
  }

  /// The files that are read.
  var files: SourceFiles {
    SourceFiles(dumps: paths, store: paths.isEmpty ? location.file : nil)
  }

  /// Opens the source, and hands it over with the failures of dumps that could not be read.
  func open() async throws -> (store: any ProfileStore, failures: [CommandError]) {
    paths.isEmpty ? (try await location.open(.reading), []) : read(paths)
  }

  /// Reads dumps into memory, and hands them over with the failures of those that cannot be read.
  func read(_ paths: [String]) -> (store: MemoryStore, failures: [CommandError]) {
    var failures = FailureList()
    let store = MemoryStore(keepingProfiles: false)
    var reader = DumpReader(defaults: DumpDefaults(pathLabels: pathLabels))
    for found in DumpWalk(paths: paths) {
      do throws(FileError) {
        let source = try found.get()
        let captures = try reader.captures(of: source)
        do { try store.insert(captures) } catch {
          throw FileError(path: source.path, .record(error))
        }
      } catch {
        failures.append(CommandError(error))
      }
    }
    return (store, failures.errors)
  }

  /// Reports the dumps that could not be read, after the answer over all others.
  static func report(_ failures: [CommandError]) throws {
    for failure in failures { Diagnostics.error(failure.description) }
    if let code = CommandError.exitCode(of: failures) { throw ExitCode(code.rawValue) }
  }
}
#endif
