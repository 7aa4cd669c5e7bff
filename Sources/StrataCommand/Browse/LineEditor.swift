// SPDX-License-Identifier: Apache-2.0

#if Tools
// Foundation brings the C library, for libedit.
import Foundation

/// Lines typed by a person: with editing, history and completion where the machine has libedit.
///
/// libedit is looked for when the browser starts, so that Strata is built and runs without it. Its
/// interface is that of `<editline/readline.h>`; pointers live no longer than a call.
@safe
final class LineEditor {
  private typealias ReadLine =
    @convention(c) (UnsafePointer<CChar>?) -> UnsafeMutablePointer<CChar>?
  private typealias TakeText = @convention(c) (UnsafePointer<CChar>?) -> CInt
  private typealias TakeCount = @convention(c) (CInt) -> CInt

  private static let names = ["libedit.so.2", "libedit.so.0", "libedit.so", "libedit.3.dylib"]
  private static let historyLength: CInt = 1000

  private let readLine: ReadLine
  private let addHistory: TakeText?
  private let writeHistory: TakeText?
  private let historyPath: String

  /// Starts editing; nil where there is no libedit.
  init?(historyPath: String, completion: @escaping LineCompletion.Candidates) {
    guard let library = unsafe Self.names.lazy.compactMap({ unsafe dlopen($0, RTLD_NOW) }).first,
      let readLine = unsafe Self.function("readline", in: library, ReadLine.self)
    else { return nil }
    unsafe self.readLine = readLine
    self.historyPath = historyPath
    unsafe addHistory = unsafe Self.function("add_history", in: library, TakeText.self)
    unsafe writeHistory = unsafe Self.function("write_history", in: library, TakeText.self)
    unsafe Self.function("using_history", in: library, (@convention(c) () -> Void).self)?()
    _ = unsafe Self.function("stifle_history", in: library, TakeCount.self)?(Self.historyLength)
    _ = unsafe Self.function("read_history", in: library, TakeText.self)?(historyPath)
    unsafe LineCompletion.install(completion, in: library)
  }

  /// The next line; nil at the end of the input.
  func line(prompt: String) -> String? {
    guard let text = unsafe readLine(prompt) else { return nil }
    defer { unsafe free(text) }
    let line = unsafe String(cString: text)
    if line.contains(where: { $0 != " " }) { _ = unsafe addHistory?(line) }
    return line
  }

  /// Keeps the lines for the next time; without a place for them they are forgotten.
  func saveHistory() {
    let folder = URL(filePath: historyPath).deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    _ = unsafe writeHistory?(historyPath)
  }

  /// A function of libedit; nil where this one lacks it.
  static func function<Function>(
    _ name: String,
    in library: UnsafeMutableRawPointer,
    _ type: Function.Type
  ) -> Function? {
    // SAFETY: the types are those of <editline/readline.h>, the same on all systems.
    unsafe dlsym(library, name).map { unsafe unsafeBitCast($0, to: type) }
  }
}
#endif
