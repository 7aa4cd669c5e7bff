// SPDX-License-Identifier: Apache-2.0

#if Macros
import SwiftIfConfig
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

/// `@Profiled`: one line around the body of a function.
struct ProfiledMacro: BodyMacro {
  static func expansion(
    of attribute: AttributeSyntax,
    providingBodyFor declaration: some DeclSyntaxProtocol & WithOptionalCodeBlockSyntax,
    in context: some MacroExpansionContext
  ) throws -> [CodeBlockItemSyntax] {
    do {
      let feature = "NonisolatedNonsendingByDefault"
      let function = try MeasurableFunction(
        Syntax(declaration),
        in: context.lexicalContext,
        isNonsendingDefault: (try? context.buildConfiguration?.hasFeature(name: feature)) ?? false
      )
      return [try probe(around: function, ProfiledArguments(of: attribute), in: context)]
    } catch {
      context.diagnose(error.diagnostic(at: attribute))
      // The body unchanged: errors that follow from a missing body would only distract.
      return declaration.body.map { Array($0.statements) } ?? []
    }
  }

  /// The call that the body becomes.
  private static func probe(
    around function: MeasurableFunction,
    _ arguments: ProfiledArguments,
    in context: some MacroExpansionContext
  ) throws(ProfiledProblem) -> CodeBlockItemSyntax {
    let name = arguments.name ?? "\(literal: function.name)"
    let labels = try arguments.allLabels().map { ", labels: \($0)" } ?? ""
    let (file, line) = place(of: function, in: context)
    // Swift has no other way for a closure to stay on the actor of the caller.
    let actor = function.isNonsending ? ", isolation: .inherited" : ""
    // A body that begins on a line of its own brings the line break along.
    let space = function.body.leadingTrivia.contains(where: \.isNewline) ? "" : " "
    return """
      \(raw: function.effects)\(arguments.measure)(\(name)\(raw: labels), fileID: \(file), line: \(line)\(raw: actor)) { \
      \(raw: function.signature) in\(raw: space)\(function.body)
      }
      """
  }

  /// Where the function is declared, rather than where the attribute or the expansion is.
  private static func place(
    of function: MeasurableFunction,
    in context: some MacroExpansionContext
  ) -> (file: ExprSyntax, line: ExprSyntax) {
    let location = context.location(
      of: function.introducer,
      at: .afterLeadingTrivia,
      filePathMode: .fileID
    )
    guard let location else { return ("#fileID", "#line") }
    return (location.file, location.line)
  }
}
#endif
