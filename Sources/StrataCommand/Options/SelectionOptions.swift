// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataQuery
import StrataService

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

  /// What the options say together.
  var request: CaptureRequest {
    CaptureRequest(
      conditions: conditions,
      range: TimeRange(since: since?.value, until: until?.value)
    )
  }

  func selection() throws(QueryError) -> ProfileSelection { try request.selection() }

  /// The selection in words, for the subtitle of a chart; nil where everything is selected.
  var summary: String? { request.summary }
}
#endif
