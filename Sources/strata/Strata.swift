// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser

@main
struct Strata: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strata",
    abstract: "Keep profiles over time, and see where the time went.",
    version: "0.1.0"
  )
}
#else
@main
struct Strata {
  static func main() {
    print("strata was built without its command line: enable the package trait 'Tools'.")
  }
}
#endif
