// SPDX-License-Identifier: Apache-2.0

public import StrataExport

/// A form of a result, by the one name that it has in every command and request.
public enum OutputFormat: Hashable, Sendable {
  /// The picture or report for a terminal.
  case text
  /// Columns that line up.
  case table
  /// A picture in one SVG file.
  case svg
  /// The picture in a page of its own.
  case html
  /// A dump that pstats reads.
  case prof
  /// Data for programs.
  case data(DataFormat)

  /// The forms of data.
  public static let data = DataFormat.all.map { OutputFormat.data($0) }

  /// The name.
  public var name: String {
    switch self {
    case .text: "text"
    case .table: "table"
    case .svg: "svg"
    case .html: "html"
    case .prof: "prof"
    case .data(let format): format.name
    }
  }

  /// The media type in HTTP.
  public var mediaType: String {
    switch self {
    case .text, .table: "text/plain"
    case .svg: "image/svg+xml"
    case .html: "text/html"
    case .prof: "application/octet-stream"
    case .data(let format): format.mediaType
    }
  }

  /// Whether programs read it, which get everything unless told otherwise.
  public var isData: Bool {
    if case .data = self { true } else { false }
  }

  /// The form of a name; nil where there is none.
  public init?(name: String) {
    let all = [.text, .table, .svg, .html, .prof] + Self.data
    guard let format = all.first(where: { $0.name == name }) else { return nil }
    self = format
  }
}
