// SPDX-License-Identifier: Apache-2.0

public import StrataCharts
public import StrataCore
public import StrataExport

/// A comparison of inputs in each of its forms.
public struct RenderedInputs: RenderedResult {
  /// The forms that it has, the default first.
  public static let formats: [OutputFormat] = [.text] + OutputFormat.data

  /// The comparison.
  public var comparison: InputComparison
  /// How many functions the text names for each input.
  public var functions: Int
  /// Which captures were compared: the filter, the range.
  public var subtitle: String?

  /// Creates the forms of a comparison.
  public init(_ comparison: InputComparison, functions: Int, subtitle: String? = nil) {
    self.comparison = comparison
    self.functions = functions
    self.subtitle = subtitle
  }

  /// The result as data.
  public var data: any DataResult { comparison }

  /// Writes a form for people.
  ///
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writePicture(
    _ format: OutputFormat,
    in style: TerminalStyle,
    to output: ([UInt8]) throws -> Void
  ) throws {
    let table = InputTable(
      comparison,
      options: .init(
        style: style,
        functions: functions,
        subtitle: subtitle
      )
    )
    try output(Array(table.text.utf8))
  }
}
