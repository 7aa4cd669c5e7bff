// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Where a probe is and what it is called, known when the program is compiled.
@usableFromInline
struct CallSite: Sendable {
  @usableFromInline let name: StaticString
  @usableFromInline let file: StaticString
  @usableFromInline let line: Int

  @inlinable
  init(name: StaticString, file: StaticString, line: Int) {
    self.name = name
    self.file = file
    self.line = line
  }

  /// No place: for functions that already have a number, which is in ``SiteKey``.
  static let none = CallSite(name: "", file: "", line: 0)

  /// The function that calls from here are counted for.
  var function: Function {
    Function(file: ByteString(file.text), line: line, name: ByteString(name.text))
  }

  /// What tells call sites apart without a look at their texts.
  @inline(__always)
  var key: SiteKey {
    SiteKey(name: name.identity, file: file.identity, line: line)
  }
}

/// A call site in three words: a literal has one address for as long as the program runs.
///
/// Equal texts may have several addresses; such sites are the same function all the same, found
/// when a thread meets the site for the first time.
struct SiteKey: Equatable {
  let name: UInt
  let file: UInt
  let line: Int

  /// A function that was given a number before, rather than a place in the source.
  init(function: Int32) {
    (name, file, line) = (UInt(function), 0, 0)
  }

  /// The number of the function, if it was given one before.
  var function: Int32? {
    // A place in the source has a file, at some address.
    file == 0 ? Int32(truncatingIfNeeded: name) : nil
  }

  init(name: UInt, file: UInt, line: Int) {
    (self.name, self.file, self.line) = (name, file, line)
  }
}

extension StaticString {
  /// The address of the text, or the one character that it consists of.
  @inline(__always)
  fileprivate var identity: UInt {
    // SAFETY: the address is compared, never followed.
    hasPointerRepresentation
      ? unsafe UInt(bitPattern: utf8Start) : UInt(unicodeScalar.value)
  }

  fileprivate var text: String { description }
}
