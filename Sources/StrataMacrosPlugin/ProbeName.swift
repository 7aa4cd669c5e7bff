// SPDX-License-Identifier: Apache-2.0

#if Macros
import SwiftSyntax

/// What a profile calls a function: `Type.Nested.function(label:)`.
///
/// It lacks the module: the file beside it is `Module/File.swift`, and both are side by side
/// in each line of a report.
enum ProbeName {
  /// The name of a declaration in its context, which is given from inside out.
  static func of(_ declaration: some SyntaxProtocol, in context: [Syntax]) -> String {
    ([Syntax(declaration)] + context).reversed().compactMap(component).joined(separator: ".")
  }

  private static func component(_ node: Syntax) -> String? {
    switch node.as(SyntaxEnum.self) {
    case .functionDecl(let function):
      function.name.plain
        + labels(of: function.signature.parameterClause, areExplicit: function.isOperator)
    case .initializerDecl(let initializer):
      "init" + labels(of: initializer.signature.parameterClause)
    case .deinitializerDecl: "deinit"
    case .subscriptDecl(let indexing):
      "subscript" + labels(of: indexing.parameterClause, areExplicit: true)
    case .accessorDecl(let accessor):
      ["get": "getter", "set": "setter"][accessor.accessorSpecifier.text]
        ?? accessor.accessorSpecifier.text
    case .patternBinding(let binding): name(of: binding)
    case .variableDecl(let variable): variable.bindings.first.flatMap(name)
    case .extensionDecl(let group): plain(group.extendedType)
    default: node.asProtocol((any NamedDeclSyntax).self)?.name.plain
    }
  }

  private static func name(of binding: PatternBindingSyntax) -> String? {
    binding.pattern.as(IdentifierPatternSyntax.self)?.identifier.plain
  }

  /// A type without its generic arguments.
  private static func plain(_ type: TypeSyntax) -> String {
    if let type = type.as(IdentifierTypeSyntax.self) { return type.name.plain }
    if let type = type.as(MemberTypeSyntax.self) {
      return plain(type.baseType) + "." + type.name.plain
    }
    return type.trimmedDescription
  }

  /// The labels as `#function` writes them; where they are explicit, as in subscripts and operators, a
  /// single name is that of the parameter alone.
  private static func labels(
    of clause: FunctionParameterClauseSyntax,
    areExplicit: Bool = false
  ) -> String {
    let labels = clause.parameters.map { parameter in
      areExplicit && parameter.secondName == nil ? "_" : parameter.firstName.plain
    }
    return "(" + labels.map { $0 + ":" }.joined() + ")"
  }
}

extension FunctionDeclSyntax {
  fileprivate var isOperator: Bool {
    switch name.tokenKind {
    case .binaryOperator, .prefixOperator, .postfixOperator: true
    default: false
    }
  }
}

extension TokenSyntax {
  /// The text of a name without backticks.
  fileprivate var plain: String { identifier?.name ?? text }
}
#endif
