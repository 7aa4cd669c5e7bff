// SPDX-License-Identifier: Apache-2.0

#if Macros
import SwiftParser
import SwiftSyntax
import SwiftSyntaxBuilder

/// What `@Profiled(…)` was given.
struct ProfiledArguments {
  private(set) var name: ExprSyntax?
  private var profiler: ExprSyntax?
  private var labels: ExprSyntax?
  private var inputs: ExprSyntax?

  init(of attribute: AttributeSyntax) {
    guard case .argumentList(let arguments) = attribute.arguments else { return }
    for argument in arguments {
      let expression = argument.expression.trimmed
      switch argument.label?.text {
      case "by": profiler = expression
      case "labels": labels = expression
      case "inputs": inputs = expression
      default: name = expression.is(NilLiteralExprSyntax.self) ? nil : expression
      }
    }
  }

  /// The attribute for a function of a type with this one, or for the type.
  func attribute(scope: String?) -> AttributeSyntax {
    let arguments = [
      scope, profiler.map { "by: \($0)" }, labels.map { "labels: \($0)" },
    ].compactMap { $0 }
    return arguments.isEmpty
      ? "@Profiled" : "@Profiled(\(raw: arguments.joined(separator: ", ")))"
  }

  /// The probe, named with its module: `measure` alone may be a method of the type around.
  var measure: ExprSyntax {
    guard let profiler else { return "StrataProfiler.measure" }
    guard let path = profiler.as(KeyPathExprSyntax.self) else {
      return "(\(profiler) as StrataProfiler.Profiler).measure"
    }
    // The property itself, for a key path costs a hundred times as much as looking at it.
    return "self\(path.components).measure"
  }

  /// All labels in one expression, nil where there are none.
  func allLabels() throws(ProfiledProblem) -> ExprSyntax? {
    guard let inputs = try inputLabels() else { return labels }
    guard let labels else { return inputs }
    return "(\(labels) as StrataCore.Labels).merging(\(inputs))"
  }

  private func inputLabels() throws(ProfiledProblem) -> ExprSyntax? {
    guard let inputs else { return nil }
    guard let pairs = inputs.as(DictionaryExprSyntax.self)?.content else { throw .inputs }
    guard case .elements(let elements) = pairs else { return nil }
    var labels: [String] = []
    for pair in elements {
      guard let text = pair.value.as(StringLiteralExprSyntax.self)?.representedLiteralValue,
        !text.isEmpty
      else { throw .inputs }
      labels.append("\(pair.key.trimmed): Swift.String(describing: \(text))")
    }
    return "[\(raw: labels.joined(separator: ", "))]"
  }
}

extension AttributeListSyntax {
  /// Whether an attribute is among these, with or without its module.
  func contains(_ name: String) -> Bool {
    contains { element in
      guard let type = element.as(AttributeSyntax.self)?.attributeName else { return false }
      let token = type.as(MemberTypeSyntax.self)?.name ?? type.as(IdentifierTypeSyntax.self)?.name
      return token?.text == name
    }
  }
}
#endif
