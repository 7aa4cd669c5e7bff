// SPDX-License-Identifier: Apache-2.0

#if Macros
import SwiftSyntax
import SwiftSyntaxMacros

/// Adds nothing beside the declaration, but says where the attribute does not belong: the compiler only
/// says that it cannot be attached there, not what can be done.
extension ProfiledMacro: PeerMacro {
  static func expansion(
    of attribute: AttributeSyntax,
    providingPeersOf declaration: some DeclSyntaxProtocol,
    in context: some MacroExpansionContext
  ) throws -> [DeclSyntax] {
    if let problem = problem(of: attribute, on: declaration) {
      context.diagnose(problem.diagnostic(at: attribute))
    }
    return []
  }

  private static func problem(
    of attribute: AttributeSyntax,
    on declaration: some DeclSyntaxProtocol
  ) -> ProfiledProblem? {
    if let function = declaration.as(FunctionDeclSyntax.self) {
      return function.attributes.contains("NotProfiled") ? .contradiction : nil
    }
    // The compiler hands an accessor over without its surroundings, where it is no declaration.
    if declaration.is(MissingDeclSyntax.self) { return .accessor }
    if declaration.is(VariableDeclSyntax.self) || declaration.is(SubscriptDeclSyntax.self) {
      return .property
    }
    if declaration.is(ProtocolDeclSyntax.self) { return .protocolDeclaration }
    if declaration.asProtocol((any DeclGroupSyntax).self) != nil { return .type(attribute) }
    // Initializers are for the role of the body to refuse.
    let hasBody = declaration.asProtocol((any WithOptionalCodeBlockSyntax).self) != nil
    return hasBody ? nil : .declaration
  }
}
#endif
