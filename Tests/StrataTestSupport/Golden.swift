// SPDX-License-Identifier: Apache-2.0

// Foundation for `ProcessInfo`, and for reading and writing files.
import Foundation

/// Compares whole outputs with files in the folder `Golden` beside a test.
package enum Golden {
  /// What is wrong with a text, or nil where it is the golden one.
  ///
  /// With `UPDATE_GOLDEN=1` in the environment the text becomes the golden one; review the diff.
  package static func mismatch(
    of text: String,
    _ name: String,
    beside test: String = #filePath
  ) -> String? {
    let file = URL(fileURLWithPath: test).deletingLastPathComponent()
      .appendingPathComponent("Golden").appendingPathComponent(name)
    guard ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != "1" else {
      return write(text, to: file)
    }
    guard let golden = try? Data(contentsOf: file) else { return "\(name) cannot be read" }
    let lines = String(decoding: golden, as: UTF8.self).split(
      separator: "\n",
      omittingEmptySubsequences: false
    )
    return difference(of: text.split(separator: "\n", omittingEmptySubsequences: false), to: lines)
      .map { "\(name), \($0)" }
  }

  private static func write(_ text: String, to file: URL) -> String? {
    do {
      try Data(text.utf8).write(to: file)
      return nil
    } catch {
      return "\(file.lastPathComponent) cannot be written: \(error)"
    }
  }

  /// The first line that differs.
  private static func difference(of lines: [Substring], to golden: [Substring]) -> String? {
    // Bytes, since `==` of texts takes canonically equivalent ones for the same.
    let index = zip(lines, golden).enumerated()
      .first { !$0.element.0.utf8.elementsEqual($0.element.1.utf8) }?.offset
    if let index { return "line \(index + 1): expected \(golden[index]), found \(lines[index])" }
    guard lines.count != golden.count else { return nil }
    return "expected \(golden.count) lines, found \(lines.count)"
  }
}
