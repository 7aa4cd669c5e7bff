// SPDX-License-Identifier: Apache-2.0

extension Duration {
  /// Reads a duration such as `10s`, `500ms`, `1m30s`, `2h` or `1d`; a bare number is seconds.
  ///
  /// Units are `ns`, `us` (or `µs`), `ms`, `s`, `m`, `h`, `d` and `w`. Returns nil for anything
  /// else, for negative numbers, and for more than 63 bits of nanoseconds.
  public init?(text: some StringProtocol) {
    self.init(String(text))
  }

  private init?(_ text: String) {
    if let nanoseconds = Int64(decimalSeconds: text) {
      guard nanoseconds >= 0 else { return nil }
      self = .nanoseconds(nanoseconds)
      return
    }
    var total: Int64 = 0
    var rest = text[...]
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let number = rest.prefix { $0.isNumber || $0 == "." }
      rest = rest[number.endIndex...]
      let unit = rest.prefix { !$0.isNumber && $0 != "." }
      rest = rest[unit.endIndex...]
      guard let length = Self.units[String(unit)],
        let part = Int64(decimal: String(number), unit: length)
      else { return nil }
      let sum = total.addingReportingOverflow(part)
      guard !sum.overflow else { return nil }
      total = sum.partialValue
    }
    self = .nanoseconds(total)
  }

  /// The nanoseconds in each unit.
  private static let units: [String: Int64] = [
    "ns": 1, "us": 1_000, "µs": 1_000, "ms": 1_000_000, "s": 1_000_000_000,
    "m": 60_000_000_000, "h": 3_600_000_000_000, "d": 86_400_000_000_000,
    "w": 604_800_000_000_000,
  ]

  /// The duration in its largest whole unit: `10 s`, `5 min`, `90 s`.
  package var words: String {
    guard let nanoseconds, nanoseconds > 0 else { return "unknown width" }
    let units: [(Int64, String)] = [
      (86_400_000_000_000, "d"), (3_600_000_000_000, "h"), (60_000_000_000, "min"),
      (1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns"),
    ]
    guard let (length, unit) = units.first(where: { nanoseconds.isMultiple(of: $0.0) }) else {
      return "\(nanoseconds) ns"
    }
    return "\(nanoseconds / length) \(unit)"
  }
}
