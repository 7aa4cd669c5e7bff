// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A flame graph: where the time of a profile went, callers above, what they call below.
///
/// The picture is one self-contained SVG text: no fonts, scripts or other files are fetched. It
/// says which frames are exact and which are apportioned (see `CallTree`). Opened by itself in a
/// browser it zooms and searches; without scripts it is the same picture, and every frame shows its
/// figures when the pointer rests on it.
///
/// The root is at the top, as in the profilers of browsers: a picture is opened at its top, and that
/// is where a reader should begin, however deep the calls go. Callees run from left to right, the
/// widest first, and the empty space below a frame is its own time.
///
/// ```swift
/// let svg = FlameGraph(try CallTree(profile), options: .init(subtitle: "app.prof")).text
/// ```
public struct FlameGraph: Hashable, Sendable {
  /// How the picture is drawn.
  public struct Options: Hashable, Sendable {
    /// The width in pixels; less than 480 is taken as 480.
    public var width: Int
    /// The first line; nil lets the picture say what it shows.
    public var title: String?
    /// What was profiled: the dump, the filter, the range.
    public var subtitle: String?
    /// How the figures came about, if that is to be said.
    public var kind: ProfileKind?
    /// What the times measure, if that is to be said.
    public var clock: ProfileClock?

    /// Creates options.
    public init(
      width: Int = Self.defaultWidth,
      title: String? = nil,
      subtitle: String? = nil,
      kind: ProfileKind? = nil,
      clock: ProfileClock? = nil
    ) {
      self.width = width
      self.title = title
      self.subtitle = subtitle
      self.kind = kind
      self.clock = clock
    }

    /// The default width of a picture.
    public static let defaultWidth = 1200

    /// The part of the time that is a tenth of a pixel wide: less is not worth a frame.
    public var minimumShare: Double { 0.1 / FlameLayout.plotWidth(of: width) }
  }

  /// What is drawn.
  public var tree: CallTree
  /// How it is drawn.
  public var options: Options

  /// Creates a picture.
  public init(_ tree: CallTree, options: Options = Options()) {
    self.tree = tree
    self.options = options
  }

  /// The picture as an SVG document, in memory as a whole: see ``write(to:)``.
  public var text: String { XMLWriter.text(write) }

  /// Hands the picture on as an SVG document, piece by piece.
  ///
  /// Names of more than 500 columns lose their middle, and no text stands for two functions: a
  /// frame that is too narrow for a text of its own has none.
  ///
  /// - Parameter output: Takes the pieces in their order, each of some 64 KiB in UTF-8.
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func write<Failure>(
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try XMLWriter.write(to: output, write)
  }

  /// Writes the picture.
  func write(to svg: inout XMLWriter) {
    let caption = FlameCaption(tree, options)
    let layout = FlameLayout(tree, width: options.width, caption)
    let (width, height) = (layout.width.coordinate, layout.height.coordinate)
    let attributes: KeyValuePairs = [
      "xmlns": "http://www.w3.org/2000/svg", "class": "strata strata-flame", "role": "img",
      "viewBox": "0 0 \(width) \(height)", "width": width, "height": height,
      "aria-label": caption.headline,
    ]
    svg.element("svg", attributes) { svg in
      svg.element("style") { $0.markup(SVGStyle.rules(layers: 0) + FlameStyle.rules) }
      svg.empty("rect", ["class": "strata-paper", "width": width, "height": height])
      FlameHead(caption: caption, layout: layout).write(to: &svg)
      FlameFrames(tree: tree, layout: layout).write(to: &svg)
      if !layout.isEmpty { FlameScript.write(to: &svg) }
    }
  }
}
