// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The positions of the parts of a flame graph, in pixels.
struct FlameLayout {
  static let margin = SVGLayout.margin
  static let rowHeight = 18.0
  static let frameHeight = 17.0
  /// A letter of the names is 0.6 of their 11 pixels wide, at most 0.62.
  static let letterWidth = 6.85
  private static let lineHeight = 18.0

  /// What is drawn: a node of the tree, or what is hidden below one.
  struct Frame: Hashable {
    var node: Int
    var isHidden: Bool
    /// Nanoseconds from the left edge, and of width.
    var start: Int64
    var time: Int64
  }

  let width: Double
  /// The frames of each depth, from left to right.
  let rows: [[Frame]]
  private let totalTime: Double
  let headLines: [String]
  let noteLines: [String]

  init(_ tree: CallTree, width: Int, _ caption: FlameCaption) {
    self.width = Double(Self.bounded(width))
    totalTime = Double(tree.totalTime.count)
    let least = totalTime / Self.plotWidth(of: width) * Self.leastHiddenWidth
    rows = totalTime > 0 ? Self.rows(of: tree, leastHiddenTime: least) : []
    let letters = SVGLayout.letters(from: Self.margin, to: self.width - Self.margin, size: 12)
    headLines = caption.details.wrapped(to: letters)
    noteLines = caption.notes.flatMap { $0.wrapped(to: letters) }
  }

  /// Whether there is nothing to draw.
  var isEmpty: Bool { rows.isEmpty }

  // MARK: - Across

  /// The width that all the time takes.
  static func plotWidth(of width: Int) -> Double {
    Double(bounded(width)) - 2 * margin
  }

  private static func bounded(_ width: Int) -> Int {
    min(20_000, max(480, width))
  }

  /// What is hidden below a frame is drawn unless it is narrower than this, in pixels.
  private static let leastHiddenWidth = 0.5

  /// The left edge and the width of a frame.
  func span(of frame: Frame) -> (x: Double, width: Double) {
    let scale = (width - 2 * Self.margin) / totalTime
    return (Self.margin + Double(frame.start) * scale, Double(frame.time) * scale)
  }

  /// The width that is painted: neighbours are a little apart.
  static func painted(_ width: Double) -> Double {
    width >= 3 ? width - 0.6 : width * 0.8
  }

  // MARK: - Down

  static let titleBaseline = 34.0

  func headBaseline(_ line: Int) -> Double {
    54 + Double(line) * Self.lineHeight
  }

  /// The row of signs, which says what is exact.
  var keyBaseline: Double { headBaseline(headLines.count) + 4 }

  /// The row that a script writes details into, and that has its buttons.
  var detailsBaseline: Double { keyBaseline + 26 }

  var framesTop: Double { detailsBaseline + 12 }

  private var framesBottom: Double {
    isEmpty ? framesTop + 60 : framesTop + Double(rows.count) * Self.rowHeight
  }

  func noteBaseline(_ line: Int) -> Double {
    framesBottom + 24 + Double(line) * SVGLayout.noteRow
  }

  var height: Double { noteBaseline(noteLines.count) + 4 }

  // MARK: - Frames

  private static func rows(of tree: CallTree, leastHiddenTime: Double) -> [[Frame]] {
    var rows: [[Frame]] = []
    var starts = [Int64](repeating: 0, count: tree.nodes.count)
    for (index, node) in tree.nodes.enumerated() {
      let frame = Frame(
        node: index,
        isHidden: false,
        start: starts[index],
        time: node.cumulativeTime.count
      )
      rows.add(frame, at: node.depth)
      var next = starts[index]
      for child in node.children {
        starts[child] = next
        next += tree.nodes[child].cumulativeTime.count
      }
      guard Double(node.hiddenTime.count) >= max(1, leastHiddenTime) else { continue }
      rows.add(
        Frame(node: index, isHidden: true, start: next, time: node.hiddenTime.count),
        at: node.depth + 1
      )
    }
    return rows.map { $0.sorted { $0.start < $1.start } }
  }
}

extension [[FlameLayout.Frame]] {
  fileprivate mutating func add(_ frame: FlameLayout.Frame, at row: Int) {
    while count <= row { append([]) }
    self[row].append(frame)
  }
}
