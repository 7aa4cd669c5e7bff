// SPDX-License-Identifier: Apache-2.0

/// The look of the pictures: a few classes, in a light and a dark version.
///
/// Plain rules rather than custom properties, since converters to other formats know only those.
/// The classes have a prefix, since the style of a picture inside a page reaches the whole page.
enum SVGStyle {
  /// The fonts of words.
  static let fonts =
    "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',Arial,sans-serif"
  /// The fonts of the names of functions.
  static let nameFonts =
    "ui-monospace,'SF Mono',Menlo,Consolas,'Noto Sans Mono','DejaVu Sans Mono',monospace"

  /// The rules, with highlighting for so many series.
  static func rules(layers: Int) -> String {
    common + light + "@media (prefers-color-scheme:dark){\n\(dark)}\n" + print
      + highlighting(layers: layers)
  }

  private static let common = """
    .strata{font-family:\(fonts);font-size:12px}
    .strata-title{font-size:16px;font-weight:600}
    .strata-name{font-family:\(nameFonts);font-size:11.5px}
    .strata-number{text-anchor:end;font-variant-numeric:tabular-nums}
    .strata-line{fill:none;stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}
    .strata-partial{opacity:.5}

    """

  private static let light = rules(
    paper: "#ffffff",
    ink: "#1f2328",
    muted: "#636c76",
    grid: "#e6e8eb",
    axis: "#8c959f",
    gap: "#f3f4f6"
  )

  private static let dark = rules(
    paper: "#14171c",
    ink: "#e6e8eb",
    muted: "#9aa4af",
    grid: "#2a2f36",
    axis: "#6e7781",
    gap: "#1c2026"
  )

  /// Paper is white, whatever the screen is.
  private static var print: String { "@media print{\n\(light)}\n" }

  private static func rules(
    paper: String,
    ink: String,
    muted: String,
    grid: String,
    axis: String,
    gap: String
  ) -> String {
    """
    .strata-paper{fill:\(paper)}
    .strata-ink{fill:\(ink)}
    .strata-muted{fill:\(muted)}
    .strata-grid{stroke:\(grid)}
    .strata-axis{stroke:\(axis)}
    .strata-gap{fill:\(gap)}

    """
  }

  /// The pointer on a name or a layer leaves that layer alone in full colour, without a script.
  private static func highlighting(layers: Int) -> String {
    (0..<layers).map { index in
      ".strata:has(.strata-s\(index):hover) .strata-layer:not(.strata-s\(index)){opacity:.2}\n"
    }.joined()
  }
}
