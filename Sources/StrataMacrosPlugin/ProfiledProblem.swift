// SPDX-License-Identifier: Apache-2.0

#if Macros
import SwiftDiagnostics
import SwiftSyntax

/// Why `@Profiled` cannot be where it is, and what to do instead.
struct ProfiledProblem: Error {
  private let id: String
  private let problem: String
  private let advice: String
  private let fix: (old: AttributeSyntax, new: AttributeSyntax)?

  private init(
    _ id: String,
    _ problem: String,
    advice: String,
    fix: (AttributeSyntax, AttributeSyntax)? = nil
  ) {
    (self.id, self.problem, self.advice, self.fix) = (id, problem, advice, fix)
  }

  /// The error for the compiler, with the advice as a note.
  func diagnostic(at node: some SyntaxProtocol) -> Diagnostic {
    let id = MessageID(domain: "StrataMacros", id: id)
    return Diagnostic(
      node: node,
      message: ErrorMessage(message: problem, diagnosticID: id),
      notes: [Note(node: Syntax(node), message: AdviceMessage(message: advice, noteID: id))],
      fixIts: fix.map { [fixIt(id, $0.old, $0.new)] } ?? []
    )
  }

  private func fixIt(_ id: MessageID, _ old: AttributeSyntax, _ new: AttributeSyntax) -> FixIt {
    let placed = new.with(\.leadingTrivia, old.leadingTrivia)
      .with(\.trailingTrivia, old.trailingTrivia)
    return FixIt(
      message: FixMessage(message: "write '\(new)'", fixItID: id),
      changes: [.replace(oldNode: Syntax(old), newNode: Syntax(placed))]
    )
  }
}

extension ProfiledProblem {
  static func initializer(_ name: String) -> Self {
    Self(
      "initializer",
      "'@Profiled' cannot measure an initializer: the body is measured as a closure, which must not "
        + "use 'self' before it is fully initialized",
      advice:
        "put 'measure(\"\(name)\") { … }' around the work that does not initialize 'self', or mark "
        + "the functions that it calls"
    )
  }

  static func noBody(inProtocol: Bool) -> Self {
    Self(
      "no-body",
      "'@Profiled' needs a function with a body",
      advice: inProtocol
        ? "mark the functions that implement the requirement" : "mark the functions that call it"
    )
  }

  static var accessor: Self {
    Self(
      "accessor",
      "'@Profiled' cannot measure an accessor: Swift does not give its body to macros",
      advice: "put 'measure { … }' around the body, or mark a function that it calls"
    )
  }

  static func consuming(_ name: String) -> Self {
    Self(
      "consuming",
      "'@Profiled' cannot measure a function that consumes '\(name)': the body is measured as a "
        + "closure, which must not consume what it captures",
      advice: "put 'measure { … }' around the part of the body that does not consume it"
    )
  }

  static var lifetime: Self {
    Self(
      "lifetime",
      "'@Profiled' cannot measure a function whose result depends on the lifetime of another value",
      advice: "put 'measure { … }' around the work that makes the value it depends on"
    )
  }

  static var inputs: Self {
    Self(
      "inputs",
      "the inputs of '@Profiled' must be literals: a key and an expression, as strings without "
        + "'\\('",
      advice: "write them like '[\"size\": \"rows.count\"]'"
    )
  }

  static func type(_ attribute: AttributeSyntax) -> Self {
    Self(
      "type",
      "'@Profiled' on a type must say what it marks: '@Profiled(.allFunctions)'",
      advice: "its functions are named after it and themselves: 'Type.function(label:)'",
      fix: (attribute, ProfiledArguments(of: attribute).attribute(scope: ".allFunctions"))
    )
  }

  static var scopeOfFunction: Self {
    Self(
      "scope-of-function",
      "'@Profiled(.allFunctions)' is for types and extensions",
      advice: "write '@Profiled' on a function"
    )
  }

  static var contradiction: Self {
    Self(
      "contradiction",
      "'@Profiled' and '@NotProfiled' contradict each other",
      advice: "'@NotProfiled' excludes a function that '@Profiled' on its type would measure"
    )
  }

  static var protocolDeclaration: Self {
    Self(
      "protocol",
      "'@Profiled' cannot measure a protocol: its functions have no bodies",
      advice: "mark the types that conform to it, or an extension of it"
    )
  }

  static var property: Self {
    Self(
      "property",
      "'@Profiled' cannot measure a property or subscript",
      advice:
        "put 'measure { … }' around the body of its accessor, or mark a function that it calls"
    )
  }

  static var declaration: Self {
    Self(
      "declaration",
      "'@Profiled' is for functions, and '@Profiled(.allFunctions)' for types and extensions",
      advice: "remove it here"
    )
  }
}

private struct ErrorMessage: DiagnosticMessage {
  let message: String
  let diagnosticID: MessageID
  var severity: DiagnosticSeverity { .error }
}

private struct FixMessage: FixItMessage {
  let message: String
  let fixItID: MessageID
}

private struct AdviceMessage: NoteMessage {
  let message: String
  let noteID: MessageID
}
#endif
