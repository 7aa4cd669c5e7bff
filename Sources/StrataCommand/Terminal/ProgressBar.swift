// SPDX-License-Identifier: Apache-2.0

#if Tools

/// A bar on standard error that shows how far long work has come; silent without a terminal.
struct ProgressBar {
  /// How many steps there are; nil where that is not known.
  private var total: Int?
  private let isVisible: Bool
  private let start = ContinuousClock.now
  private var lastDrawn: ContinuousClock.Instant?
  private static let width = 30

  /// Creates a bar for a number of steps; nil where it is not known how many there are.
  init(total: Int?) {
    self.total = total
    isVisible = Terminal.isError && total != 0
  }

  /// Redraws the bar, at most ten times a second.
  ///
  /// - Parameters:
  ///   - done: How many steps are done.
  ///   - total: How many there are now, where work may turn out to be more than it was.
  mutating func update(done: Int, of total: Int? = nil) {
    guard isVisible else { return }
    if let total { self.total = total }
    let now = ContinuousClock.now
    let isLast = self.total.map { done >= $0 } ?? false
    if !isLast, let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
    lastDrawn = now
    write("\r\u{1B}[2K" + Self.line(done: done, of: self.total, elapsed: now - start))
  }

  /// Removes the bar, so that other lines can be printed.
  func clear() {
    if isVisible, lastDrawn != nil { write("\r\u{1B}[2K") }
  }

  /// `━━━━━━━━━───── 312/600  52%  3 s left`.
  ///
  /// The caller may be wrong about the total, which is no reason to end a program.
  static func line(done: Int, of total: Int?, elapsed: Duration) -> String {
    guard let known = total else { return "\(done) done" }
    let total = max(known, done, 1)
    let filled = width * max(done, 0) / total
    let bar = String(repeating: "━", count: filled) + String(repeating: "─", count: width - filled)
    var line = "\(bar) \(done)/\(total)  \(done * 100 / total)%"
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    if done > 0, done < total, seconds > 1 {
      let left = seconds * Double(total - done) / Double(done)
      line += "  \(Int(left.rounded(.up))) s left"
    }
    return line
  }

  private func write(_ text: String) {
    try? StandardStream.error.write(Array(text.utf8))
  }
}
#endif
