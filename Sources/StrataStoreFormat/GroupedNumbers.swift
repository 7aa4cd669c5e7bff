// SPDX-License-Identifier: Apache-2.0

/// Whole numbers in groups of four, each in one of four lengths that suit the column.
///
/// Two bits say which of the lengths a number has, so a reader needs no branch for it; which four
/// there are is chosen by how many numbers need how many bytes. The idea is that of StreamVByte
/// (Lemire, Kurz and Rupp, 2017), whose lengths are fixed.
///
/// The payload is two bytes with the four lengths (each 0 to 8, four bits), a byte for each group,
/// whose lowest two bits are those of its first number, and the numbers, lowest byte first.
enum GroupedNumbers {
  /// The four lengths, in rising order.
  struct Lengths {
    private(set) var bytes: InlineArray<4, Int>

    /// The lengths that make a column shortest, for how many numbers need 0 to 8 bytes.
    ///
    /// All 165 choices are tried: with the sums of the histogram each costs four multiplications,
    /// which is nothing compared with the column.
    init(for histogram: InlineArray<9, Int>) {
      // The longest number needs its own length in any case, so only three are to be chosen.
      let longest = (0..<9).last { histogram[$0] != 0 } ?? 0
      // How many numbers need at most so many bytes.
      var within = histogram
      for length in 1..<9 { within[length] += within[length - 1] }
      var best: (size: Int, lengths: InlineArray<4, Int>) = (.max, [0, 0, 0, longest])
      for first in 0...longest {
        for second in first...longest {
          for third in second...longest {
            let size =
              first * within[first] + second * (within[second] - within[first])
              + third * (within[third] - within[second])
              + longest * (within[longest] - within[third])
            if size < best.size { best = (size, [first, second, third, longest]) }
          }
        }
      }
      bytes = best.lengths
    }

    /// The lengths of a column that is read; nil where one is longer than a word.
    init?(_ low: UInt8, _ high: UInt8) {
      bytes = [Int(low & 15), Int(low >> 4), Int(high & 15), Int(high >> 4)]
      guard bytes[0] <= 8, bytes[1] <= 8, bytes[2] <= 8, bytes[3] <= 8 else { return nil }
    }

    /// For each length the bits of a word that it has.
    var masks: InlineArray<4, UInt64> {
      var masks = InlineArray<4, UInt64>(repeating: 0)
      for code in 0..<4 { masks[code] = bytes[code] == 0 ? 0 : ~0 >> UInt64(64 - 8 * bytes[code]) }
      return masks
    }

    var low: UInt8 { UInt8(bytes[0] | bytes[1] << 4) }
    var high: UInt8 { UInt8(bytes[2] | bytes[3] << 4) }

    /// The first length that holds so many bytes.
    func code(for count: Int) -> Int {
      count <= bytes[0] ? 0 : count <= bytes[1] ? 1 : count <= bytes[2] ? 2 : 3
    }

    /// For each number of bytes the first length that holds it, by its two bits and its bytes.
    fileprivate var codes: InlineArray<9, (bits: UInt8, length: Int)> {
      var codes = InlineArray<9, (bits: UInt8, length: Int)>(repeating: (0, 0))
      for count in 0..<9 { codes[count] = (UInt8(code(for: count)), bytes[code(for: count)]) }
      return codes
    }

    /// The bytes that numbers of a histogram take in these lengths.
    func size(of histogram: InlineArray<9, Int>) -> Int {
      (0..<9).reduce(0) { $0 + histogram[$1] * bytes[code(for: $1)] }
    }
  }

  /// How many bytes `count` numbers take before their own begin.
  static func headSize(of count: Int) -> Int { 2 + (count + 3) / 4 }

  /// Appends what `word` makes of the values, which `lengths` must hold, and which takes `size` bytes
  /// in them.
  @inline(__always)
  static func append(
    _ values: Span<Int64>,
    _ lengths: Lengths,
    size: Int,
    to bytes: inout [UInt8],
    word: (Int64) -> UInt64
  ) {
    var controlOffset = bytes.count + 2
    var offset = bytes.count + headSize(of: values.count)
    bytes.append(lengths.low)
    bytes.append(lengths.high)
    // Each number is written as a word, whose end the next one overwrites.
    bytes.append(contentsOf: repeatElement(0, count: offset + size + 8 - bytes.count))
    // From a table, since comparing with the lengths would be branches that nothing predicts.
    let codes = lengths.codes
    var span = bytes.mutableSpan
    // SAFETY: the bytes of bytes, which any value is.
    var target = unsafe span.mutableBytes
    var row = 0
    while row < values.count {
      var control: UInt8 = 0
      let end = min(row &+ 4, values.count)
      var shift: UInt8 = 0
      while row < end {
        let value = word(values[row])
        let code = codes[value.byteLength]
        target.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self)
        offset &+= code.length
        control |= code.bits &<< shift
        shift &+= 2
        row &+= 1
      }
      target.storeBytes(of: control, toByteOffset: controlOffset, as: UInt8.self)
      controlOffset &+= 1
    }
    // The room for the end of the last word.
    bytes.removeLast(8)
  }

  /// Reads `values.count` numbers of a column.
  static func decode(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    into values: inout MutableSpan<Int64>
  ) throws(BlobError) {
    let end = slot.payload.upperBound
    var control = slot.payload.lowerBound + 2
    var offset = slot.payload.lowerBound + headSize(of: values.count)
    guard offset <= end else {
      throw .truncated(at: slot.payload.lowerBound, expected: "\(values.count) numbers")
    }
    guard let lengths = Lengths(bytes[control - 2], bytes[control - 1]) else {
      throw BlobError(
        offset: slot.payload.lowerBound,
        expected: "lengths of at most 8 bytes",
        found: "\(bytes[control - 2]), \(bytes[control - 1])"
      )
    }
    // As spans, since looking a number up in an inline array copies the array first.
    let (lengthArray, maskArray) = (lengths.bytes, lengths.masks)
    let (sizes, masks) = (lengthArray.span, maskArray.span)
    var row = 0
    // Four words are in the blob; that none of them is beyond the column shows at its end.
    while row &+ 4 <= values.count, offset &+ 32 <= bytes.count {
      // SAFETY: the offsets are within the bytes and the rows within the values, as tested above;
      // a code has two bits, and there are four sizes and masks.
      let codes = unsafe Int(bytes[unchecked: control])
      for position in 0..<4 {
        let code = codes &>> (2 &* position) & 3
        unsafe values[unchecked: row &+ position] = word(bytes, offset, masks[unchecked: code])
        offset &+= unsafe sizes[unchecked: code]
      }
      control &+= 1
      row &+= 4
    }
    while row < values.count {
      // Byte by byte: for the last numbers the blob may not have a whole word.
      let size = sizes[Int(bytes[control] &>> UInt8(2 &* (row & 3)) & 3)]
      guard size <= end - offset else { throw .truncated(at: offset, expected: "a number") }
      var value: UInt64 = 0
      for byte in 0..<size { value |= UInt64(bytes[offset + byte]) &<< UInt64(8 &* byte) }
      values[row] = Int64(bitPattern: value)
      offset += size
      row += 1
      if row & 3 == 0 { control += 1 }
    }
    try slot.checkEnd(offset)
  }

  @inline(__always)
  private static func word(_ bytes: Span<UInt8>, _ offset: Int, _ mask: UInt64) -> Int64 {
    // SAFETY: the caller has tested that 32 bytes follow the group's offset, and each number
    // before this one took at most eight.
    let word = unsafe bytes.bytes.unsafeLoadUnaligned(
      fromUncheckedByteOffset: offset,
      as: UInt64.self
    )
    return Int64(bitPattern: UInt64(littleEndian: word) & mask)
  }
}

extension UInt64 {
  /// The number of bytes that are not zero at its upper end; none for 0.
  @inline(__always)
  var byteLength: Int { (71 &- leadingZeroBitCount) &>> 3 }
}
