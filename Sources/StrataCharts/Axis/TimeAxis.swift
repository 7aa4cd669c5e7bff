// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The axis of time, in UTC: ticks at natural instants, with the date where it changes.
struct TimeAxis: Hashable {
  /// One tick.
  struct Tick: Hashable {
    /// Where it is.
    let time: Timestamp
    /// The label below it: `09:05`, `Jan 5`.
    let label: String
    /// The line below the label, where it differs from the previous tick: the date or the year.
    let context: String?
  }

  /// The ticks in order; at least one.
  let ticks: [Tick]

  /// The ticks of a range, no more than so many apart from both ends.
  init(from start: Timestamp, through end: Timestamp, mostTicks: Int) {
    let range = Double(end.nanoseconds) - Double(start.nanoseconds)
    let fitting = TimeStep.all.first { range / $0.length <= Double(max(1, mostTicks)) }
    let step = range > 0 ? fitting : nil
    let instants = step?.instants(from: start, through: end) ?? []
    let form = Form(instants.isEmpty ? nil : step, at: start)
    ticks = Self.ticks(instants.isEmpty ? [start] : instants, form)
  }

  private static func ticks(_ instants: [Timestamp], _ form: Form) -> [Tick] {
    var ticks: [Tick] = []
    var last: String?
    for instant in instants {
      let context = form.context(of: instant)
      let shown = context == last ? nil : context
      last = context
      ticks.append(
        Tick(
          time: instant,
          label: form.label(of: instant),
          context: ticks.isEmpty ? (context.isEmpty ? "UTC" : "\(context) UTC") : shown
        )
      )
    }
    return ticks
  }

  /// How much of a time a label says.
  private enum Form {
    case years, months, days, minutes, seconds
    /// So many decimals of the second.
    case fractions(Int)

    /// The form for a step, or for a single time.
    init(_ step: TimeStep?, at time: Timestamp) {
      switch step {
      case .months(let count): self = count.isMultiple(of: 12) ? .years : .months
      case .days: self = .days
      case .nanoseconds(let length): self = Self.forPrecision(of: length)
      case nil: self = Self.forPrecision(of: time.nanoseconds)
      }
    }

    /// Minutes, seconds, or the decimals that write multiples of a number of nanoseconds.
    private static func forPrecision(of nanoseconds: Int64) -> Form {
      if nanoseconds.isMultiple(of: 60_000_000_000) { return .minutes }
      if nanoseconds.isMultiple(of: 1_000_000_000) { return .seconds }
      if nanoseconds.isMultiple(of: 1_000_000) { return .fractions(3) }
      return nanoseconds.isMultiple(of: 1_000) ? .fractions(6) : .fractions(9)
    }

    func label(of time: Timestamp) -> String {
      let date = time.date
      switch self {
      case .years: return String(date.year)
      case .months: return date.monthName
      case .days: return "\(date.monthName) \(date.day)"
      case .minutes: return String(time.clock(decimals: 0).prefix(5))
      case .seconds: return time.clock(decimals: 0)
      case .fractions(let decimals): return time.clock(decimals: decimals)
      }
    }

    func context(of time: Timestamp) -> String {
      switch self {
      case .years: ""
      case .months, .days: String(time.date.year)
      case .minutes, .seconds, .fractions: time.date.description
      }
    }
  }
}

extension Timestamp {
  /// The day in UTC.
  fileprivate var date: CivilDate {
    CivilDate(
      daysSinceEpoch: nanoseconds.quotientAndModulus(dividingBy: 86_400_000_000_000).quotient
    )
  }

  /// The time of day in UTC: `09:05:10`, with decimals of the second.
  fileprivate func clock(decimals: Int) -> String {
    let rest = nanoseconds.quotientAndModulus(dividingBy: 86_400_000_000_000).modulus
    let second = rest / 1_000_000_000
    let parts = [second / 3600, second / 60 % 60, second % 60].map { $0.padded(to: 2) }
    let clock = parts.joined(separator: ":")
    guard decimals > 0 else { return clock }
    return "\(clock).\((rest % 1_000_000_000).padded(to: 9).prefix(decimals))"
  }
}

extension CivilDate {
  private static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  fileprivate var monthName: String {
    Self.monthNames[Int(month - 1)]
  }
}
