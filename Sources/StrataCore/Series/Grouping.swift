// SPDX-License-Identifier: Apache-2.0

/// What one series of a result stands for.
public enum Grouping: Hashable, Sendable {
  /// One function, by its canonical identity.
  case function
  /// All functions of one file.
  case file
  /// All functions of one module.
  case module
  /// All captures with one value of a label.
  case label(String)
  /// Everything at once.
  case all

  /// Reads a grouping as the command line, HTTP and JSON write it: `function`, `file`, `module`,
  /// `label:KEY` or `all`; nil for anything else.
  public init?(parsing text: String) {
    switch text {
    case "function": self = .function
    case "file": self = .file
    case "module": self = .module
    case "all": self = .all
    default:
      guard text.hasPrefix("label:"), text.utf8.count > 6 else { return nil }
      self = .label(String(text.dropFirst(6)))
    }
  }

  /// The key of the label, where captures are grouped by one.
  public var labelKey: String? {
    if case .label(let key) = self { key } else { nil }
  }
}

extension Grouping: CustomStringConvertible {
  /// The grouping in its written form.
  public var description: String {
    switch self {
    case .function: "function"
    case .file: "file"
    case .module: "module"
    case .label(let key): "label:\(key)"
    case .all: "all"
    }
  }
}
