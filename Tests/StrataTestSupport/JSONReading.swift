// SPDX-License-Identifier: Apache-2.0

package import StrataCore

/// Reading of expected results: what is not there, or of another type, is an error of the test.
extension JSONValue {
  /// A value of a fixture that is not what the test reads it as.
  package struct Mismatch: Error, CustomStringConvertible {
    package var description: String
  }

  private func mismatch(_ expected: String) -> Mismatch {
    Mismatch(description: "expected \(expected), found \(kind)")
  }

  /// The value of a field that must be there.
  package func field(_ key: String) throws -> JSONValue {
    guard let value = self[key] else { throw mismatch("a field '\(key)'") }
    return value
  }

  package var elements: [JSONValue] {
    get throws {
      guard case .array(let elements) = self else { throw mismatch("an array") }
      return elements
    }
  }

  package var fields: [(key: String, value: JSONValue)] {
    get throws {
      guard case .object(let fields) = self else { throw mismatch("an object") }
      return fields
    }
  }

  package var text: ByteString {
    get throws {
      guard case .string(let text) = self else { throw mismatch("a text") }
      return text
    }
  }

  package var flag: Bool {
    get throws {
      guard case .bool(let flag) = self else { throw mismatch("a boolean") }
      return flag
    }
  }

  /// The digits of a number, or of a text that holds one (Python's `repr`).
  package var digits: String {
    get throws {
      switch self {
      case .number(let digits): return digits
      case .string(let text): return text.string
      default: throw mismatch("a number")
      }
    }
  }

  package var integer: Int128 {
    get throws {
      let digits = try digits
      guard let value = Int128(digits) else { throw mismatch("a whole number") }
      return value
    }
  }

  package var double: Double {
    get throws {
      let digits = try digits
      guard let value = Double(digits) else { throw mismatch("a number") }
      return value
    }
  }
}
