// SPDX-License-Identifier: Apache-2.0

#if Macros
import SwiftSyntax
import SwiftSyntaxMacros

/// `@Profiled(.allFunctions)`: the attribute for each function of a type.
///
/// It is a macro of its own: the compiler refuses an attribute if one of its roles does not fit.
struct ProfiledTypeMacro: MemberAttributeMacro, PeerMacro {
  static func expansion(
    of attribute: AttributeSyntax,
    attachedTo declaration: some DeclGroupSyntax,
    providingAttributesFor member: some DeclSyntaxProtocol,
    in context: some MacroExpansionContext
  ) throws -> [AttributeSyntax] {
    guard !declaration.is(ProtocolDeclSyntax.self),
      let function = member.as(FunctionDeclSyntax.self), function.body != nil,
      !function.attributes.contains("Profiled"), !function.attributes.contains("NotProfiled")
    else { return [] }
    return [ProfiledArguments(of: attribute).attribute(scope: nil)]
  }

  /// Adds nothing next to the type, but says where the attribute does not belong.
  static func expansion(
    of attribute: AttributeSyntax,
    providingPeersOf declaration: some DeclSyntaxProtocol,
    in context: some MacroExpansionContext
  ) throws -> [DeclSyntax] {
    if declaration.is(ProtocolDeclSyntax.self) {
      context.diagnose(ProfiledProblem.protocolDeclaration.diagnostic(at: attribute))
    } else if declaration.asProtocol((any DeclGroupSyntax).self) == nil {
      context.diagnose(ProfiledProblem.scopeOfFunction.diagnostic(at: attribute))
    }
    return []
  }
}
#endif
