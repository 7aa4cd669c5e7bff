// SPDX-License-Identifier: Apache-2.0

#if Tracing
import StrataCore
import Tracing

/// How attributes of spans become labels.
struct SpanLabels: Sendable {
  /// Makes the labels; nil where there are none, whatever the attributes.
  let of: (@Sendable (SpanAttributes) -> Labels)?

  static let none = SpanLabels(of: nil)

  init(of: (@Sendable (SpanAttributes) -> Labels)?) {
    self.of = of
  }
}

extension Labels {
  /// The attributes with some keys.
  init(attributes: SpanAttributes, _ keys: [String]) {
    self = [:]
    for key in keys { self[key] = attributes.get(key)?.label }
  }
}

extension SpanAttribute {
  /// The value as a text; nil for arrays.
  fileprivate var label: String? {
    switch self {
    case .string(let text): text
    case .int32(let number): String(number)
    case .int64(let number): String(number)
    case .double(let number): String(number)
    case .bool(let value): String(value)
    case .stringConvertible(let value): value.description
    default: nil
    }
  }
}
#endif
