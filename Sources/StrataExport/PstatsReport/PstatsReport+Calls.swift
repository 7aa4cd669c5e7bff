// SPDX-License-Identifier: Apache-2.0

import StrataCore

extension PstatsReport {
  func writeCallers<Failure>(
    _ text: inout ReportText,
    _ output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try writeCalls(&text, output, heading: "was called by...", arrow: "<-") { row in
      profile.edges[profile.rows[row].edgeRange].map { Call($0.caller, profile.figures(of: $0)) }
    }
  }

  func writeCallees<Failure>(
    _ text: inout ReportText,
    _ output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var calls: [[Call]] = Array(repeating: [], count: profile.functionTable.count)
    for row in profile.rows {
      for edge in profile.edges[row.edgeRange] {
        calls[Int(edge.caller)].append(Call(row.function, profile.figures(of: edge)))
      }
    }
    try writeCalls(&text, output, heading: "called...", arrow: "->") { row in
      calls[Int(profile.rows[row].function)]
    }
  }

  /// The other end of an edge, and its figures.
  private struct Call {
    let other: Int32
    let figures: CallEdge.Figures

    init(_ other: Int32, _ figures: CallEdge.Figures) {
      self.other = other
      self.figures = figures
    }
  }

  private func writeCalls<Failure>(
    _ text: inout ReportText,
    _ output: ([UInt8]) throws(Failure) -> Void,
    heading: String,
    arrow: String,
    of calls: (Int) -> [Call]
  ) throws(Failure) {
    guard !listing.rows.isEmpty else { return }
    let functions = profile.functionTable.functions
    let others = functions.map { shown($0.standardName) }
    let names = listing.rows.map { others[Int(profile.rows[$0].function)] }
    let width = names.reduce(0) { max($0, $1.codePointCount) } + 2
    appendHeader(to: &text)
    text.append("Function ", paddedTo: width)
    text.line(heading)
    if hasTimesOfCallers {
      text.append("", paddedTo: width)
      text.line("    ncalls  tottime  cumtime")
    }
    let times = cumulativeTimes
    for (row, name) in zip(listing.rows, names) {
      text.append(name, paddedTo: width)
      text.append(arrow + " ")
      let sorted = calls(row).sorted {
        functions[Int($0.other)] < functions[Int($1.other)]
      }
      for (index, call) in sorted.enumerated() {
        append(call, others, times, isFirst: index == 0, width: width, to: &text)
        try text.pass(to: output)
      }
      if sorted.isEmpty { text.newline() }
      try text.pass(to: output)
    }
    text.line("\n")
  }

  private func append(
    _ call: Call,
    _ names: [ByteString],
    _ times: [Double?],
    isFirst: Bool,
    width: Int,
    to text: inout ReportText
  ) {
    let name = names[Int(call.other)]
    switch call.figures {
    case .full(let figures):
      if !isFirst { text.append("", paddedTo: width + 1) }
      text.append(figures.callsText, width: isFirst ? 7 : 9)
      text.append(" ")
      text.seconds(figures.selfTime)
      text.append(" ")
      text.seconds(figures.cumulativeTime)
      text.append("  ")
      text.append(name)
    case .countOnly(let count):
      if !isFirst { text.append("", paddedTo: width + 3) }
      text.append(name)
      text.append("(\(count)) ")
      if let time = times[Int(call.other)] { text.seconds(time) }
    }
    text.newline()
  }

  /// Whether the first function with callers knows their times: pstats takes it for all.
  private var hasTimesOfCallers: Bool {
    guard let row = profile.rows.first(where: { $0.edgeCount > 0 }) else { return false }
    return !profile.edges[Int(row.firstEdge)].isCountOnly
  }

  /// The cumulative time of each function of the table; nil for one without figures.
  private var cumulativeTimes: [Double?] {
    var times: [Double?] = Array(repeating: nil, count: profile.functionTable.count)
    for row in profile.rows { times[Int(row.function)] = row.figures.cumulativeTime }
    return times
  }
}
