// SPDX-License-Identifier: Apache-2.0

public import StrataCharts
public import StrataExport

/// A result in each of its forms: what a command prints, and a server sends.
public protocol RenderedResult: Sendable {
  /// The forms that it has, the default first.
  static var formats: [OutputFormat] { get }
  /// The result as data.
  var data: any DataResult { get }

  /// Writes a form for people: one of ``formats`` that is no data.
  ///
  /// - Throws: What `output` throws; nothing is handed on after it.
  func writePicture(
    _ format: OutputFormat,
    in style: TerminalStyle,
    to output: ([UInt8]) throws -> Void
  ) throws
}

extension RenderedResult {
  /// Writes the result in a form, piece by piece.
  ///
  /// - Parameters:
  ///   - format: One of ``RenderedResult/formats``.
  ///   - style: What the terminal shows, for pictures of text.
  ///   - options: How data are written.
  ///   - output: Takes the pieces in their order.
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func write(
    _ format: OutputFormat,
    in style: TerminalStyle = TerminalStyle(),
    _ options: DataOptions = DataOptions(),
    to output: ([UInt8]) throws -> Void
  ) throws {
    guard case .data(let form) = format else {
      return try writePicture(format, in: style, to: output)
    }
    try form.write(data, options, to: output)
  }
}
