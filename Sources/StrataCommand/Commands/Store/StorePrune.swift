// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataQuery

/// `strata store prune`: what is old goes, after its sums are written.
struct StorePrune: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Delete expired captures and roll-ups, after their sums are stored.",
    discussion: """
      Before captures are deleted, they are summed by minute and by hour, in total and for each \
      label; before hours are deleted, they are summed by day. Sums by day are kept forever. The \
      store remembers deleted captures: importing their dumps again adds nothing. Other processes \
      can read and write meanwhile. Importing never prunes.

      EXAMPLES
        strata store prune
        strata store prune --captures 14d --minutes never --max-size 2GB --store team.db

      EXIT CODES
        0 success; 69 the store is still larger than --max-size
      """
  )

  @OptionGroup var location: StoreLocation

  @Option(
    help: ArgumentHelp(
      "How long to keep captures: an age such as 7d, or never to delete any.",
      valueName: "age"
    )
  )
  var captures = AgeArgument(RetentionPolicy.standard.captures)

  @Option(help: ArgumentHelp("How long to keep sums by minute.", valueName: "age"))
  var minutes = AgeArgument(RetentionPolicy.standard.minutes)

  @Option(help: ArgumentHelp("How long to keep sums by hour.", valueName: "age"))
  var hours = AgeArgument(RetentionPolicy.standard.hours)

  @Option(
    help: ArgumentHelp(
      "The maximum size of the store, such as 500MB; the oldest data is deleted first.",
      valueName: "size"
    )
  )
  var maxSize = SizeArgument(RetentionPolicy.standard.maximumBytes)

  func run() async throws {
    let policy = RetentionPolicy(
      captures: captures.value,
      minutes: minutes.value,
      hours: hours.value,
      maximumBytes: maxSize.bytes
    )
    guard let store = try await location.open(.writing(create: false)) as? any PrunableStore
    else { throw location.cannot("be pruned") }
    let now = Timestamp.now
    let total = await oldCaptures(store, now)
    var bar = ProgressBar(total: total)
    let report = try await store.prune(policy, now: now) { report in
      bar.update(done: min(report.captures, total))
      return true
    }
    bar.clear()
    print(
      "\(report.captures) captures, \(report.minutes) sums by minute and \(report.hours) by hour "
        + "deleted; \(report.bytesBefore.byteText) before, \(report.bytesAfter.byteText) now: "
        + location.name
    )
    if report.impossibleCaptures > 0 {
      print(
        "\(report.impossibleCaptures) captures of an older version that start before 1700 or after "
          + "2199 deleted"
      )
    }
    guard report.isAboveMaximum else { return }
    throw CommandError(
      .unavailable,
      "\(location.name): expected at most \(maxSize.bytes ?? 0) bytes, found "
        + "\(report.bytesAfter); nothing more can be deleted: raise --max-size"
    )
  }

  /// How many captures are of age, for the bar; 0 where that is not known.
  private func oldCaptures(_ store: any ProfileStore, _ now: Timestamp) async -> Int {
    // More seconds before now than nanoseconds can count: nothing is of that age.
    guard let age = captures.value?.components.seconds, age < 9_000_000_000 else { return 0 }
    let hour: Int64 = 3_600
    let end = (now.nanoseconds / 1_000_000_000 - age) / hour * hour
    let selection = ProfileSelection(until: Timestamp(nanoseconds: end * 1_000_000_000))
    let survey = try? await store.read { try await $0.survey(selection, longestExpected: nil) }
    return survey?.captures ?? 0
  }
}

/// An age as an argument: `7d`, or `never`.
struct AgeArgument: ExpressibleByArgument {
  /// The age; nil for what never comes of age.
  var value: Duration?

  init(_ value: Duration?) {
    self.value = value
  }

  init?(argument: String) {
    guard argument != "never" else {
      self.init(nil)
      return
    }
    guard let value = Duration(text: argument) else { return nil }
    self.init(value)
  }

  var defaultValueDescription: String {
    value.map { "\($0.components.seconds / 86_400)d" } ?? "never"
  }
}

/// A number of bytes as an argument: `500MB`, `10GB`, or `any`.
struct SizeArgument: ExpressibleByArgument {
  /// The number; nil for any.
  var bytes: Int?

  init(_ bytes: Int?) {
    self.bytes = bytes
  }

  init?(argument: String) {
    guard argument != "any" else {
      self.init(nil)
      return
    }
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let units = ["": 1, "kB": 1_000, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000]
    guard let number = Int(digits), let unit = units[String(argument.dropFirst(digits.count))]
    else {
      return nil
    }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    self.init(bytes)
  }

  var defaultValueDescription: String {
    bytes.map { "\($0 / 1_000_000_000)GB" } ?? "any"
  }
}
#endif
