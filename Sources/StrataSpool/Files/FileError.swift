// SPDX-License-Identifier: Apache-2.0

public import StrataCore
public import StrataFormats

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A file of input that cannot be used: which, and why.
public struct FileError: Error, Hashable, Sendable {
  /// The reasons.
  public enum Code: Hashable, Sendable {
    /// There is no such file.
    case notFound
    /// It is a folder, a pipe or a device, or has none of the files that were looked for.
    case notRegular
    /// It is larger than allowed.
    case tooLarge(size: Int, limit: Int)
    /// The system refuses to read it.
    case system(errno: Int32)
    /// The bytes are not a profile in any format that is read.
    case format(FormatError)
    /// A line of an index cannot be used.
    case line(Int, reason: String)
    /// The path does not fit the pattern that its labels are read from.
    case pathLabels(pattern: String)
    /// The start, duration or labels of the dump are out of bounds, wherever they come from.
    case record(CaptureError)
    /// The folder is nested too deeply to be searched.
    case tooDeep(limit: Int)
    /// The name in a folder is not UTF-8, so that the file cannot be named.
    case nameNotUTF8
    /// A folder holds no dumps.
    case noDumps
  }

  /// The file.
  public var path: String
  /// The reason.
  public var code: Code

  /// Creates an error.
  public init(path: String, _ code: Code) {
    self.path = path
    self.code = code
  }

  /// The error for a dump or folder whose name came with other characters than it has; nil for others.
  ///
  /// Names are read as UTF-8 with U+FFFD in the place of what is not.
  init?(unreadable name: String, path: String) {
    guard name.unicodeScalars.contains("\u{FFFD}"), !RegularFile.exists(path),
      !name.contains(".") || ProfileReader.suffixes.contains(where: name.hasSuffix)
    else { return nil }
    self.init(path: path, .nameNotUTF8)
  }

  init(path: String, errno: CInt) {
    self.init(path: path, errno == ENOENT ? .notFound : .system(errno: errno))
  }
}

extension FileError: CustomStringConvertible {
  /// The error as one line that begins with the file.
  public var description: String { "\(path): \(reason)" }

  private var reason: String {
    switch code {
    case .notFound: "no such file"
    case .notRegular: "expected a regular file, found a folder, pipe or device"
    case .tooLarge(let size, let limit):
      "expected at most \(limit) bytes, found \(size)"
    case .system(let errno): SystemMessage.text(errno)
    case .format(let error): error.description
    case .line(let line, let reason): "line \(line): \(reason)"
    case .pathLabels(let pattern): "the path does not match the label pattern '\(pattern)'"
    case .record(let error): error.description
    case .tooDeep(let limit):
      "expected at most \(limit) levels of folders, found a deeper one, which was not searched; "
        + "pass it as a separate path"
    case .nameNotUTF8: "expected a name in UTF-8, found other bytes (shown as \u{FFFD}); rename it"
    case .noDumps:
      "no dumps in this folder: expected index.jsonl, or files that end in "
        + ProfileReader.suffixes.joined(separator: ", ")
    }
  }
}

/// The system's words for why a call failed.
package enum SystemMessage {
  /// The words for an error number, such as `no space left on device`.
  package static func text(_ errno: CInt) -> String {
    guard let text = unsafe strerror(errno) else { return "error \(errno)" }
    // SAFETY: strerror returns a text that ends with a zero byte; it is copied at once.
    return unsafe String(cString: text).lowercased()
  }
}
