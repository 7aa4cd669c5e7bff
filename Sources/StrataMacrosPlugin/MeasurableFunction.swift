// SPDX-License-Identifier: Apache-2.0

#if Macros
import SwiftSyntax

/// What the probe around a body needs to know of its function.
struct MeasurableFunction {
  /// The word that introduces it, `func` or `deinit`: its line is that of the function.
  let introducer: TokenSyntax
  /// What the profile calls it.
  let name: String
  let body: CodeBlockItemListSyntax
  /// Whether it runs on the actor of its caller, and may not leave it.
  let isNonsending: Bool
  private let isAsync: Bool
  private let throwing: ThrowsClauseSyntax?
  private let result: TypeSyntax

  /// Creates what can be measured of a declaration.
  ///
  /// - Parameters:
  ///   - declaration: What is marked.
  ///   - context: The declarations around it, from inside out.
  ///   - isNonsendingDefault: Whether functions are `nonisolated(nonsending)` unless they say otherwise.
  /// - Throws: ``ProfiledProblem`` where nothing can.
  init(
    _ declaration: Syntax,
    in context: [Syntax],
    isNonsendingDefault: Bool
  ) throws(ProfiledProblem) {
    if let function = declaration.as(FunctionDeclSyntax.self) {
      try self.init(function, in: context, isNonsendingDefault)
    } else if let deinitializer = declaration.as(DeinitializerDeclSyntax.self) {
      try self.init(deinitializer, in: context)
    } else if declaration.is(AccessorDeclSyntax.self) {
      throw .accessor
    } else {
      throw .initializer(ProbeName.of(declaration, in: context))
    }
  }

  private init(
    _ function: FunctionDeclSyntax,
    in context: [Syntax],
    _ isNonsendingDefault: Bool
  ) throws(ProfiledProblem) {
    guard let body = function.body?.statements else {
      throw .noBody(inProtocol: context.first?.is(ProtocolDeclSyntax.self) ?? false)
    }
    if let consumed = function.consumedName { throw .consuming(consumed) }
    if function.attributes.contains("_lifetime") || function.attributes.contains("lifetime") {
      throw .lifetime
    }
    introducer = function.funcKeyword
    name = ProbeName.of(function, in: context)
    self.body = body
    isAsync = function.signature.effectSpecifiers?.asyncSpecifier != nil
    let isConcurrent = function.attributes.contains("concurrent")
    isNonsending = isAsync && !isConcurrent && (isNonsendingDefault || function.isNonsending)
    throwing = function.signature.effectSpecifiers?.throwsClause
    result = function.signature.returnClause?.type ?? .void
  }

  private init(
    _ deinitializer: DeinitializerDeclSyntax,
    in context: [Syntax]
  ) throws(ProfiledProblem) {
    guard let body = deinitializer.body?.statements else { throw .noBody(inProtocol: false) }
    introducer = deinitializer.deinitKeyword
    name = ProbeName.of(deinitializer, in: context)
    self.body = body
    (isNonsending, isAsync, throwing, result) = (false, false, nil, .void)
  }

  // MARK: - As text

  /// What precedes the call of the probe.
  var effects: String {
    let isThrowing = throwing.map { $0.type?.trimmedDescription != "Never" } ?? false
    return (isThrowing ? "try " : "") + (isAsync ? "await " : "")
  }

  /// The closure's signature in full, so that nothing is inferred that the function says.
  var signature: String {
    var text = "()"
    if isAsync { text += " async" }
    if let throwing {
      // What a `rethrows` function throws, its closure simply throws.
      text += throwing.type.map { " throws(\($0.trimmedDescription))" } ?? " throws"
    }
    return text + result.asClosureResult
  }
}

extension TypeSyntax {
  fileprivate static var void: TypeSyntax {
    TypeSyntax(IdentifierTypeSyntax(name: .identifier("Void")))
  }

  /// The end of the signature of a closure that returns this.
  fileprivate var asClosureResult: String {
    // Only the compiler can spell what an opaque type stands for.
    if tokens(viewMode: .sourceAccurate).contains(where: { $0.tokenKind == .keyword(.some) }) {
      return ""
    }
    if let optional = `as`(ImplicitlyUnwrappedOptionalTypeSyntax.self) {
      return " -> \(optional.wrappedType.trimmedDescription)?"
    }
    // `sending` is for the function to say: what its closure returns does not leave it yet.
    if let type = `as`(AttributedTypeSyntax.self), type.specifiers.trimmedDescription == "sending" {
      return " -> \(type.with(\.specifiers, []).trimmedDescription)"
    }
    return " -> \(trimmedDescription)"
  }
}

extension FunctionDeclSyntax {
  /// Whether it says `nonisolated(nonsending)` explicitly.
  fileprivate var isNonsending: Bool {
    modifiers.contains { $0.name.text == "nonisolated" && $0.detail?.detail.text == "nonsending" }
  }

  /// The parameter that the function consumes, or `self`.
  fileprivate var consumedName: String? {
    let consuming: Set<String> = ["consuming", "__consuming", "__owned"]
    if modifiers.contains(where: { consuming.contains($0.name.text) }) { return "self" }
    let parameter = signature.parameterClause.parameters.first { parameter in
      guard let type = parameter.type.as(AttributedTypeSyntax.self) else { return false }
      return type.specifiers.contains { consuming.contains($0.trimmedDescription) }
    }
    return parameter.map { ($0.secondName ?? $0.firstName).text }
  }
}
#endif
