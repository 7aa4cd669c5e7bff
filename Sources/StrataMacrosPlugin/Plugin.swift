// SPDX-License-Identifier: Apache-2.0

#if Macros
import SwiftCompilerPlugin
import SwiftSyntaxMacros

@main
struct Plugin: CompilerPlugin {
  let providingMacros: [any Macro.Type] = [
    ProfiledMacro.self, ProfiledTypeMacro.self, NotProfiledMacro.self,
  ]
}
#else
/// Without the trait there is no macro, but the target must still be a program.
@main
struct NoPlugin {
  static func main() {}
}
#endif
