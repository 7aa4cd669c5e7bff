// SPDX-License-Identifier: Apache-2.0

#if Tools

extension Int {
  /// A number of bytes for people, in powers of a thousand: `999 B`, `4.1 kB`, `1.0 GB`.
  var byteText: String {
    guard magnitude >= 1_000 else { return "\(self) B" }
    let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
    // Tenths of the unit, cut.
    var tenths = self / 100
    var unit = 0
    while tenths >= 10_000 {
      tenths /= 1_000
      unit += 1
    }
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}
#endif
