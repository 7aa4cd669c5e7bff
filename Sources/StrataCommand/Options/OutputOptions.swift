// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCharts
import StrataCore
import StrataExport
import StrataFormats
import StrataService
import StrataSpool

/// Where a command writes its result.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Write to a file instead of standard output.",
      valueName: "file"
    ),
    completion: .file()
  )
  var path: String?

  /// Looks at the place, before the work for it is done.
  ///
  /// - Throws: `CommandError` where the file is a folder, or one that the command reads.
  func output(reading sources: SourceFiles) throws(CommandError) -> Output {
    guard let path else { return Output(file: nil) }
    return Output(file: try OutputFile(path, reading: sources))
  }
}

/// A command that writes its result where its options say.
protocol WritingCommand: AsyncParsableCommand {
  var output: OutputOptions { get }
}

/// The place of a result: a file, or standard output.
struct Output {
  fileprivate let file: OutputFile?

  /// Whether a person looks at what is written.
  var isTerminal: Bool { file?.isTerminal ?? Terminal.isOutput }

  /// Writes all bytes.
  func write(_ bytes: [UInt8]) throws {
    try write { try $0(bytes) }
  }

  /// Writes what a closure hands on piece by piece: into a file that exists once it is whole.
  func write(_ pieces: (_ output: @escaping ([UInt8]) throws -> Void) throws -> Void) throws {
    guard let file else { return try pieces(StandardStream.output.write) }
    try file.write(pieces)
  }

  /// Writes lines of data, without control characters where they go to a terminal.
  func writeData(_ pieces: (_ output: @escaping ([UInt8]) throws -> Void) throws -> Void) throws {
    guard isTerminal else { return try write(pieces) }
    try write { output in
      try pieces { try output($0.escapedForDisplay(keepingLineFeeds: true)) }
    }
  }
}

extension Output {
  /// Writes a result in a form; data go to a terminal without control characters.
  func write(
    _ result: some RenderedResult,
    _ format: OutputFormat,
    _ style: (_ isTerminal: Bool) -> TerminalStyle,
    _ options: DataOptions
  ) throws {
    let style = style(isTerminal)
    func pieces(_ output: ([UInt8]) throws -> Void) throws {
      try result.write(format, in: style, options, to: output)
    }
    if format.isData { try writeData(pieces) } else { try write(pieces) }
  }
}

/// The form of a result as an argument: one of those that it has.
struct FormatArgument<Result: ResultFormats>: ExpressibleByArgument {
  var value: OutputFormat

  /// The default.
  init() {
    value = Result.formats[0]
  }

  init?(argument: String) {
    guard let value = OutputFormat(name: argument), Result.formats.contains(value) else {
      return nil
    }
    self.value = value
  }

  var defaultValueDescription: String { value.name }
  static var allValueStrings: [String] { Result.formats.map(\.name) }
}

/// What has forms, the default first: the type of a result, or a command.
protocol ResultFormats {
  static var formats: [OutputFormat] { get }
}

extension RenderedSlices: ResultFormats {}
extension RenderedComparison: ResultFormats {}
extension RenderedInputs: ResultFormats {}
extension RenderedTree: ResultFormats {}

/// How CSV is written.
struct CSVOptions: ParsableArguments {
  @Flag(
    help: """
      In csv, leave text that a spreadsheet would evaluate (beginning with =, +, -, @, a tab or a \
      line break) unchanged, instead of prefixing it with an apostrophe.
      """
  )
  var rawCsv = false

  /// How data are written.
  var options: DataOptions { DataOptions(csvTexts: rawCsv ? .raw : .harmless) }

  /// Refuses the flag where it has no meaning.
  func check(_ format: OutputFormat) throws {
    if rawCsv, format != .data(.csv) { throw ValidationError("--raw-csv requires --format csv.") }
  }
}
#endif
