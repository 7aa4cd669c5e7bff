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
    on canvas: Canvas,
    to output: ([UInt8]) throws -> Void
  ) throws
}

extension RenderedResult {
  /// Writes the result in a form, piece by piece.
  ///
  /// - Parameters:
  ///   - format: One of ``RenderedResult/formats``.
  ///   - canvas: What pictures for terminals are drawn on.
  ///   - options: How data are written.
  ///   - output: Takes the pieces in their order.
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func write(
    _ format: OutputFormat,
    on canvas: Canvas = Canvas(),
    _ options: DataOptions = DataOptions(),
    to output: ([UInt8]) throws -> Void
  ) throws {
    guard case .data(let form) = format else {
      return try writePicture(format, on: canvas, to: output)
    }
    try form.write(data, options, to: output)
  }
}

/// The columns, colours and characters that a picture for a terminal may use.
public struct Canvas: Hashable, Sendable {
  /// The columns.
  public var width: Int
  /// The colours.
  public var colors: TerminalColors
  /// Whether block and line characters may be used.
  public var isUnicode: Bool

  /// Creates a canvas; without arguments, that of a file.
  public init(width: Int = 80, colors: TerminalColors = .none, isUnicode: Bool = true) {
    self.width = width
    self.colors = colors
    self.isUnicode = isUnicode
  }
}
