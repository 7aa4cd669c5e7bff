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
      Only captures whose labels match, such as 'endpoint=/search,input!=small,host=~web.*'; a \
      regular expression must match the whole value. Given several times, all must hold.
      """,
      valueName: "conditions"
    )
  )
  var conditions: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only captures that started at this time or later: ISO 8601, epoch seconds, or '2h' ago.",
      valueName: "time"
    )
  )
  var since: TimeArgument?

  @Option(help: ArgumentHelp("Only captures that started before this time.", valueName: "time"))
  var until: TimeArgument?

  @Option(help: "Only captures of this kind: figures of two kinds are never summed.")
  var kind: ProfileKind?

  @Option(help: "Only captures of this clock: times of two clocks are never summed.")
  var clock: ProfileClock?

  func selection() throws(QueryError) -> ProfileSelection {
    ProfileSelection(
      since: since?.value,
      until: until?.value,
      labels: try LabelFilter(parsing: conditions.joined(separator: ",")),
      kind: kind,
      clock: clock
    )
  }

  /// The selection in words, for the subtitle of a chart; nil where everything is selected.
  var summary: String? {
    var parts = conditions
    if let since { parts.append("since \(since.value.iso8601)") }
    if let until { parts.append("until \(until.value.iso8601)") }
    if let kind { parts.append("kind \(kind.rawValue)") }
    if let clock { parts.append("clock \(clock.rawValue)") }
    return parts.isEmpty ? nil : parts.joined(separator: " · ")
  }
}
#endif
