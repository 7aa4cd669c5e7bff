// SPDX-License-Identifier: Apache-2.0

#if Tools
// Foundation brings the C library, for strdup and dlsym.
import Foundation

/// What libedit asks when a person presses the tabulator key.
///
/// libedit knows one completion for the whole process and calls it without a context, so what it
/// needs is kept here. The browser sets it once, and edits on one thread.
enum LineCompletion {
  /// What the next word may be, given the line before it.
  typealias Candidates = @Sendable (_ line: Substring) -> [String]

  private typealias Text = UnsafeMutablePointer<CChar>
  private typealias Matches = UnsafeMutablePointer<Text?>
  private typealias Attempt = @convention(c) (UnsafePointer<CChar>?, CInt, CInt) -> Matches?
  private typealias Generator = @convention(c) (UnsafePointer<CChar>?, CInt) -> Text?
  private typealias MakeMatches = @convention(c) (UnsafePointer<CChar>?, Generator) -> Matches?

  // SAFETY: written by install before the first line is read, and used while a line is read, both
  // on the browser's thread.
  nonisolated(unsafe) private static var candidates: Candidates?
  nonisolated(unsafe) private static var makeMatches: MakeMatches?
  nonisolated(unsafe) private static var line: UnsafeMutablePointer<Text?>?
  nonisolated(unsafe) private static var found: [String] = []

  /// Has libedit ask for candidates; where it finds none it completes file names.
  @unsafe
  static func install(_ candidates: @escaping Candidates, in library: UnsafeMutableRawPointer) {
    guard let attempt = unsafe dlsym(library, "rl_attempted_completion_function"),
      let line = unsafe dlsym(library, "rl_line_buffer"),
      let makeMatches = unsafe LineEditor.function(
        "rl_completion_matches",
        in: library,
        MakeMatches.self
      )
    else { return }
    unsafe Self.candidates = candidates
    unsafe Self.makeMatches = makeMatches
    unsafe Self.line = line.assumingMemoryBound(to: Text?.self)
    unsafe attempt.assumingMemoryBound(to: Attempt?.self).pointee = { text, start, _ in
      unsafe LineCompletion.complete(text, from: Int(start))
    }
  }

  /// Collects the candidates that begin as the word does.
  private static func complete(_ text: UnsafePointer<CChar>?, from start: Int) -> Matches? {
    guard let text = unsafe text, let buffer = unsafe line?.pointee else { return nil }
    let word = unsafe String(cString: text)
    let line = unsafe String(cString: buffer)
    let before = String(decoding: line.utf8.prefix(start), as: UTF8.self)
    unsafe found = (candidates?(before[...]) ?? []).filter { $0.hasPrefix(word) }
    guard unsafe !found.isEmpty else { return nil }
    return unsafe makeMatches?(text) { _, _ in unsafe LineCompletion.nextMatch() }
  }

  /// The next candidate, in memory that libedit frees.
  private static func nextMatch() -> Text? {
    guard unsafe !found.isEmpty else { return nil }
    return unsafe strdup(found.removeFirst())
  }
}
#endif
