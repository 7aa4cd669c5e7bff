// SPDX-License-Identifier: Apache-2.0

/// The names in a folder, in the order of their bytes.
///
/// A folder may hold a million of them: they lie one after the other, eight bytes beside each, and
/// not each in memory of its own.
struct FolderNames {
  private struct Place {
    var start: UInt32
    var count: UInt32
  }

  private let bytes: [UInt8]
  private let places: [Place]

  /// Reads the names in a folder, hidden ones left out.
  ///
  /// - Complexity: O(*n* log *n*) in the number of names.
  init(of folder: String) throws(InputError) {
    var bytes: [UInt8] = []
    var places: [Place] = []
    try InputFile.forEachName(inFolder: folder) { name throws(InputError) in
      guard let end = UInt32(exactly: bytes.count + name.utf8.count) else {
        throw InputError(path: folder, .tooLarge(size: bytes.count, limit: Int(UInt32.max)))
      }
      places.append(Place(start: UInt32(bytes.count), count: end - UInt32(bytes.count)))
      bytes += name.utf8
    }
    let texts = bytes.span
    places.sort { left, right in
      let common = Int(min(left.count, right.count))
      for index in 0..<common {
        let (a, b) = (texts[Int(left.start) + index], texts[Int(right.start) + index])
        if a != b { return a < b }
      }
      return left.count < right.count
    }
    (self.bytes, self.places) = (bytes, places)
  }

  /// How many names there are.
  var count: Int { places.count }

  /// A name by its place in the order.
  subscript(index: Int) -> String {
    let place = places[index]
    return String(decoding: bytes[Int(place.start)...].prefix(Int(place.count)), as: UTF8.self)
  }
}
