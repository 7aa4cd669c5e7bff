// SPDX-License-Identifier: Apache-2.0

/// The full identity of a function: the file, the line where it starts, and its name.
///
/// A name alone does not identify a function (40 % of the names of a real profile collide), so
/// nothing in Strata is keyed by one.
public struct Function: Hashable, Sendable {
  /// The source file as written, or `~` for a built-in of cProfile.
  public var file: ByteString
  /// The first line of the function, counted from 1; 0 for built-ins.
  public var line: Int
  /// The name as written: not qualified, and for built-ins a description in angle brackets.
  public var name: ByteString

  /// Creates an identity.
  public init(file: ByteString, line: Int, name: ByteString) {
    self.file = file
    self.line = line
    self.name = name
  }

  /// Whether pstats prints the function by its name alone: file `~`, line 0.
  public var isBuiltin: Bool {
    line == 0 && file == "~"
  }

  /// The identity under which series are grouped: the name without addresses.
  ///
  /// It is a fixed point: the canonical form of a canonical form is itself.
  ///
  /// `<built-in method __new__ of type object at 0x7ff8>` has another address in each process;
  /// kept, each would start a series of its own.
  public var canonical: Function {
    Function(file: file, line: line, name: name.withoutAddresses)
  }
}

extension Function {
  /// What comes before the digits of an address.
  fileprivate static let addressMarker = Array(" at 0x".utf8)

  /// Whether a name seems to hold an address.
  static func namesAddress(_ name: ArraySlice<UInt8>) -> Bool {
    // Few names have a space, so that it is looked for first.
    var rest = name
    while let space = rest.firstIndex(of: UInt8(ascii: " ")) {
      rest = rest[space...]
      if rest.starts(with: addressMarker) { return true }
      rest.removeFirst()
    }
    return false
  }
}

extension Function: Comparable {
  /// The order of pstats' key tuples: file, line, name.
  public static func < (left: Function, right: Function) -> Bool {
    if left.file != right.file { return left.file < right.file }
    if left.line != right.line { return left.line < right.line }
    return left.name < right.name
  }
}

extension Function {
  /// The function as pstats prints it: `file:line(name)`, or `{name}` for built-ins.
  ///
  /// Source: `func_std_string` in CPython's `Lib/pstats.py`.
  public var standardName: ByteString {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(file.bytes.count + name.bytes.count + 8)
    Self.appendStandardName(file: file.bytes[...], line: line, name: name.bytes[...], to: &bytes)
    return ByteString(bytes)
  }

  /// Appends the ``standardName`` of a function, given its parts.
  static func appendStandardName(
    file: ArraySlice<UInt8>,
    line: Int,
    name: ArraySlice<UInt8>,
    to bytes: inout [UInt8]
  ) {
    if line != 0 || !file.elementsEqual(CollectionOfOne(UInt8(ascii: "~"))) {
      bytes += file
      bytes.append(UInt8(ascii: ":"))
      bytes.append(contentsOf: String(line).utf8)
      bytes.append(UInt8(ascii: "("))
      bytes += name
      bytes.append(UInt8(ascii: ")"))
    } else if name.first == UInt8(ascii: "<"), name.last == UInt8(ascii: ">") {
      bytes.append(UInt8(ascii: "{"))
      bytes += name.dropFirst().dropLast()
      bytes.append(UInt8(ascii: "}"))
    } else {
      bytes += name
    }
  }
}

extension Function: CustomStringConvertible {
  /// The ``standardName`` for people.
  public var description: String { standardName.string }
}

extension ByteString {
  /// The text without ` at 0x…`; itself where there is none.
  ///
  /// What was on both sides of an address may be one together (`x at at 0x1 0x2`), so the end of what
  /// is kept is looked at for each digit: the result has no address, and every function has one
  /// canonical form. One pass, so that a name which is nothing but addresses costs no more.
  fileprivate var withoutAddresses: ByteString {
    let marker = Function.addressMarker
    guard Function.namesAddress(bytes[...]) else { return self }
    var kept: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index].isHexDigit, kept.suffix(marker.count).elementsEqual(marker) {
        kept.removeLast(marker.count)
        index = bytes[index...].firstIndex { !$0.isHexDigit } ?? bytes.count
      } else {
        kept.append(bytes[index])
        index += 1
      }
    }
    return kept.count == bytes.count ? self : ByteString(kept)
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default:
      false
    }
  }
}
