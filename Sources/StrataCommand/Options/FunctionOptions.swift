// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import PythonPattern

/// Which functions count, and how their files are known.
struct FunctionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only functions whose 'file:line(name)' contains a match of Python's re.",
      valueName: "regex"
    )
  )
  var function: String?

  @Flag(
    help: ArgumentHelp(
      "Shorten file names to their last component; functions that become identical are summed.",
      visibility: .hidden
    )
  )
  var stripDirs = false

  func pattern() throws(PatternError) -> Pattern? {
    guard let function else { return nil }
    return try Pattern(parsing: function)
  }
}
#endif
