// SPDX-License-Identifier: Apache-2.0

import StrataCore

extension SpoolEntry {
  /// The entry as one line of an index: a JSON object and a line feed.
  ///
  /// ```swift
  /// let entry = SpoolEntry(file: "a.prof", start: Timestamp(nanoseconds: 1_500_000_000))
  /// // {"file":"a.prof","timestamp":"1.5"}
  /// ```
  ///
  /// What is absent or 1 by default is left out. Times have nine decimals, trailing zeros cut; a
  /// part of a duration below a nanosecond is cut too. The ``id`` is written as `profileID`: an
  /// entry keeps a hash of a text that stood in the index as `id`, and the text cannot be had back
  /// (``line(id:)`` takes it).
  ///
  /// - Complexity: O(*n*) in the length of the labels.
  public var line: [UInt8] { line(givenID: nil) }

  /// The entry as one line of an index, with the text of its identity.
  ///
  /// - Parameter id: What ``id`` is read from, whatever it is now.
  /// - Returns: A JSON object and a line feed.
  /// - Complexity: O(*n*) in the length of the labels.
  public func line(id: String) -> [UInt8] { line(givenID: id) }

  private func line(givenID: String?) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("file", file)
      json.field("timestamp", DecimalText.of(Int128(start.nanoseconds), decimals: 9))
      if let duration { json.field("duration", DecimalText.seconds(duration)) }
      if !labels.pairs.isEmpty {
        json.object("labels") { for label in labels.pairs { $0.field(label.key, label.value) } }
      }
      if let kind { json.field("kind", kind.rawValue) }
      if let clock { json.field("clock", clock.rawValue) }
      if weight != .one {
        json.field("weight", DecimalText.of(Int128(weight.millionths), decimals: 6))
      }
      if covers != .call { json.field("covers", covers.rawValue) }
      if let givenID {
        json.field("id", givenID)
      } else if let id {
        json.field("profileID", id.description)
      }
      if let timeSource { json.field("timeSource", timeSource.rawValue) }
    }
    json.endDocument()
    return json.bytes
  }
}

/// Whole numbers of a small unit as decimal texts of a large one, exactly.
private enum DecimalText {
  /// A number of units of 10^-`decimals`, as short as it can be: 1 500 with 3 decimals is `1.5`.
  static func of(_ value: Int128, decimals: Int) -> String {
    let digits = Array(String(value.magnitude).utf8)
    let padded =
      repeatElement(UInt8(ascii: "0"), count: max(0, decimals + 1 - digits.count)) + digits
    let whole = String(decoding: padded.dropLast(decimals), as: UTF8.self)
    var fraction = padded.suffix(decimals)
    while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
    let point = fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self)
    return (value < 0 ? "-" : "") + whole + point
  }

  /// A duration in seconds.
  static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return of(Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000), decimals: 9)
  }
}
