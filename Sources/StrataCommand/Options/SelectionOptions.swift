// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataQuery

/// Which captures a question is about.
struct SelectionOptions: ParsableArguments {
  @Option(
    name: .customLong("where"),
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      Only matching captures: KEY=VALUE, !=, =~REGEX or !~REGEX for labels, and @kind, @clock, \
      @duration, @weight, as in 'host=~web.*,@duration>1s'.
      """,
      valueName: "conditions"
    )
  )
  var conditions: [String] = []

  @Option(
    help: ArgumentHelp(
      "Captures from this time on: ISO 8601, epoch seconds, or an age such as 2h.",
      valueName: "time"
    )
  )
  var since: TimeArgument?

  @Option(help: ArgumentHelp("Captures that started before this time.", valueName: "time"))
  var until: TimeArgument?

  func selection() throws(QueryError) -> ProfileSelection {
    ProfileSelection(
      since: since?.value,
      until: until?.value,
      filter: try CaptureFilter(parsing: conditions.joined(separator: ","))
    )
  }

  /// The selection in words, for the subtitle of a chart; nil where everything is selected.
  var summary: String? {
    var parts = conditions
    if let since { parts.append("since \(since.value.iso8601)") }
    if let until { parts.append("until \(until.value.iso8601)") }
    return parts.isEmpty ? nil : parts.joined(separator: " · ")
  }
}
#endif
