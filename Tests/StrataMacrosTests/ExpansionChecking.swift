// SPDX-License-Identifier: Apache-2.0

#if Macros
import SwiftIfConfig
import SwiftSyntax
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacrosGenericTestSupport
import Testing

@testable import StrataMacrosPlugin

/// Expands `@Profiled` in a file `App/File.swift` of a module that enables some features, and compares what
/// comes out.
func expectExpansion(
  of source: String,
  _ expanded: String,
  diagnostics: [DiagnosticSpec] = [],
  fixed: String? = nil,
  features: Set<String> = [],
  location: Testing.SourceLocation = #_sourceLocation
) {
  assertMacroExpansion(
    source,
    expandedSource: expanded,
    diagnostics: diagnostics,
    macroSpecs: [
      "Profiled": MacroSpec(type: ProfiledMacro.self),
      "ProfiledType": MacroSpec(type: ProfiledTypeMacro.self),
      "NotProfiled": MacroSpec(type: NotProfiledMacro.self),
    ],
    fixedSource: fixed,
    testModuleName: "App",
    testFileName: "File.swift",
    indentationWidth: .spaces(2),
    buildConfiguration: StaticBuildConfiguration(
      features: features,
      languageVersion: VersionTuple(6),
      compilerVersion: VersionTuple(6, 2)
    )
  ) { failure in
    Issue.record("\(failure.message)", sourceLocation: location)
  }
}

/// Expects one error with its advice where the attribute stands, and the function left as it is.
func expectProblem(
  _ problem: String,
  advice: String,
  in source: String,
  leaving expanded: String,
  line: Int = 1,
  column: Int = 1,
  fix: (message: String, source: String)? = nil,
  location: Testing.SourceLocation = #_sourceLocation
) {
  let diagnostic = DiagnosticSpec(
    message: problem,
    line: line,
    column: column,
    notes: [NoteSpec(message: advice, line: line, column: column)],
    fixIts: fix.map { [FixItSpec(message: $0.message)] } ?? []
  )
  expectExpansion(
    of: source,
    expanded,
    diagnostics: [diagnostic],
    fixed: fix?.source,
    location: location
  )
}
#endif
