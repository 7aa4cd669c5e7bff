// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataFormats
import StrataQuery
import StrataSQLite

/// Where a question finds its captures: dumps that are named, else a store.
struct ProfileSource: ParsableArguments {
  @Argument(
    help: "Dumps, folders of dumps, or folders with an index.jsonl; without any, a store is asked.",
    completion: .file()
  )
  var paths: [String] = []

  @OptionGroup var location: StoreLocation

  @Option(
    help: ArgumentHelp(
      "Labels that the last parts of each dump's path tell, such as '{service}/{host}/*.prof'.",
      valueName: "pattern"
    )
  )
  var pathLabels: PathLabelsArgument?

  func validate() throws {
    guard paths.isEmpty || location.store == nil else {
      throw ValidationError("Name either dumps or a --store, not both.")
    }
  }

  /// Opens the source, and hands it over with the failures of dumps that could not be read.
  func open() throws -> (store: any ProfileStore, failures: [CommandError]) {
    guard !paths.isEmpty else { return (try location.openForReading(), []) }
    let catalog = DumpCatalog(paths: paths)
    var failures = catalog.failures.map { CommandError($0) }
    var records: [ProfileRecord] = []
    let defaults = DumpDefaults(pathLabels: pathLabels?.value)
    for source in catalog.sources {
      do {
        records.append(try source.checkedRecord(defaults: defaults))
      } catch {
        failures.append(error)
      }
    }
    return (try MemoryStore(records), failures)
  }

  /// Reports the dumps that could not be read, after the answer over all others.
  static func report(_ failures: [CommandError]) throws {
    for failure in failures { Diagnostics.error(failure.description) }
    if let code = CommandError.exitCode(of: failures) { throw ExitCode(code.rawValue) }
  }
}

extension DumpSource {
  /// The record of a dump, checked to be one that every store can keep.
  func checkedRecord(defaults: DumpDefaults) throws(CommandError) -> ProfileRecord {
    do {
      let record = try record(defaults: defaults)
      try record.checkSums()
      return record
    } catch let error as InputError {
      throw CommandError(error)
    } catch {
      throw CommandError(.badData, "\(path): \(error)")
    }
  }
}
#endif
