// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataExport
import StrataQuery
import StrataService

/// `strata info`: what a store or a set of dumps holds.
struct Info: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show what a store or a set of dumps contains.",
    discussion: """
      Prints the time range, the captures by kind and clock, the labels with their most frequent \
      values, the functions, and the disk space of a store. Start here to learn which values \
      --where, --by and --key can take.

      EXAMPLES
        strata info
        strata info profiles/
        strata info --key endpoint --store team.db
        strata info --format json | jq '.labels[].key'

      EXIT CODES
        0 success; 65 the file is not a store, or a dump is invalid; 66 a file is missing
      """
  )

  @OptionGroup var source: ProfileSource

  @Option(help: ArgumentHelp("Show this label only, with all its values.", valueName: "key"))
  var key: String?

  @Flag(help: "Also show a breakdown of disk usage (reads every capture).")
  var content = false

  @Option(help: "The output format.")
  var format = FormatArgument<Info>()

  @OptionGroup(visibility: .hidden) var csv: CSVOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    try csv.check(format.value)
    guard !content || source.paths.isEmpty else {
      throw ValidationError("--content applies only to stores.")
    }
  }

  func run() async throws {
    let output = try output.output(reading: source.files)
    let (info, failures) = try await info()
    if let key, info.captures.labels.isEmpty { throw Self.unknown(key, info.keys) }
    try output.writeData { output in
      if case .data(let form) = format.value {
        try form.write(info, csv.options, to: output)
      } else {
        try output(Array(InfoText(info).text.utf8))
      }
    }
    try ProfileSource.report(failures)
  }

  private func info() async throws -> (StoreInfo, [CommandError]) {
    guard source.paths.isEmpty else {
      let (store, failures) = source.read(source.paths)
      let keys = try await store.read { try await $0.labelKeys() }
      return (
        StoreInfo(
          paths: source.paths,
          keys: keys,
          captures: try await CaptureContent(of: store, keys: selected(keys), showsAll: key != nil)
        ), failures
      )
    }
    let store = try await source.location.open(.reading)
    let measured = store as? any MeasuredStore
    if content, measured == nil { throw source.location.cannot("break down their disk usage") }
    let statistics = try await measured?.statistics(measuringContent: content)
    let keys = try await store.read { try await $0.labelKeys() }
    return (
      StoreInfo(
        store: source.location.name,
        keys: keys,
        captures: try await CaptureContent(of: store, keys: selected(keys), showsAll: key != nil),
        statistics: statistics
      ), []
    )
  }

  private func selected(_ keys: [String]) -> [String] {
    key.map { key in keys.filter { $0 == key } } ?? keys
  }

  private static func unknown(_ key: String, _ keys: [String]) -> CommandError {
    let known =
      keys.isEmpty ? "there are no labels" : "the labels are " + keys.joined(separator: ", ")
    return CommandError(.usage, "no capture has the label '\(key)': \(known)")
  }
}

extension Info: ResultFormats {
  static let formats: [OutputFormat] = [.text] + OutputFormat.data
}
#endif
