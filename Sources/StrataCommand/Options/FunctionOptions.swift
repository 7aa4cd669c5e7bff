// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import PythonPattern

/// Which functions count, and how their files are known.
struct FunctionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Only functions that the expression matches somewhere in 'file:line(name)'; the syntax is \
      that of Python's re.
      """,
      valueName: "regex"
    )
  )
  var function: String?

  @Flag(help: "Know files by the last part of their path; functions that meet are summed.")
  var stripDirs = false

  func pattern() throws(PatternError) -> Pattern? {
    guard let function else { return nil }
    return try Pattern(parsing: function)
  }
}
#endif
