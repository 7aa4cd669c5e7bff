// SPDX-License-Identifier: Apache-2.0

/// How many labels a capture may have, and how long they may be.
///
/// The limits are checked where captures come in: from an index or the command line, into a spool folder
/// or a store. They are not checked when a store is read, since older versions had none.
extension Labels {
  /// The most labels of one capture.
  public static let maximumCount = 64
  /// The most bytes of a key, in UTF-8.
  public static let maximumKeySize = 200
  /// The most bytes of a value, in UTF-8.
  public static let maximumValueSize = 4096

  /// Checks the limits.
  ///
  /// - Throws: ``CaptureError`` with the number of labels, or with the first key that is empty or too
  ///   long, or whose value is too long.
  /// - Complexity: O(*n*) in the number of labels.
  public func check() throws(CaptureError) {
    guard pairs.count <= Self.maximumCount else {
      throw CaptureError(.tooManyLabels, of: "labels", value: "\(pairs.count)")
    }
    for label in pairs { try label.check() }
  }
}

extension Labels.Label {
  /// Checks the limits.
  ///
  /// - Throws: ``CaptureError`` that names the key.
  public func check() throws(CaptureError) {
    let (keySize, valueSize) = (key.utf8.count, value.utf8.count)
    guard (1...Labels.maximumKeySize).contains(keySize) else {
      throw CaptureError(.labelKeySize, of: name, value: "\(keySize) bytes")
    }
    guard valueSize <= Labels.maximumValueSize else {
      throw CaptureError(.labelValueTooLong, of: name, value: "\(valueSize) bytes")
    }
  }

  /// The key for messages, which may be of any length.
  private var name: String {
    let characters = key.unicodeScalars.prefix(40)
    let isCut = characters.endIndex < key.unicodeScalars.endIndex
    return "label '\(String(characters))\(isCut ? "…" : "")'"
  }
}
