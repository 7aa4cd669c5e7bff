// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A profile as rows, ready for a database or a data frame: one for each function, or each edge.
///
/// Times are the dump's seconds, in the shortest digits that read back to the same bits.
public struct ProfileTable: Sendable {
  private let profile: StatsProfile
  private let listing: ProfileListing

  /// Creates the rows of the functions that a listing shows.
  public init(_ profile: StatsProfile, _ listing: ProfileListing) {
    self.profile = profile
    self.listing = listing
  }

  private static let identity = ["file", "line", "name"]
  private static let figures = [
    "callCount", "primitiveCallCount", "selfTime", "cumulativeTime",
  ]

  /// A row for each function, as CSV.
  public var csv: [UInt8] {
    var text = DelimitedText(header: Self.identity + Self.figures)
    for row in listing.rows {
      text.row(
        profile.function(ofRow: row).fields + profile.statistics(of: profile.rows[row]).fields
      )
    }
    return text.bytes
  }

  /// A row for each function, callers included, as JSON objects, one a line.
  public var ndjson: [UInt8] {
    var json = JSONWriter()
    let functions = profile.functions
    for row in listing.rows {
      json.function(functions[row])
      json.endDocument()
    }
    return json.bytes
  }

  /// A row for each caller of the functions that are shown, as CSV; unknown figures are empty.
  public var csvOfCallers: [UInt8] {
    let caller = ["callerFile", "callerLine", "callerName"]
    var text = DelimitedText(header: caller + Self.identity + Self.figures)
    let functions = profile.functionTable.functions
    for row in listing.rows {
      let function = functions[Int(profile.rows[row].function)].fields
      for edge in profile.edges[profile.rows[row].edgeRange] {
        text.row(
          functions[Int(edge.caller)].fields + function
            + profile.figures(of: edge).fields
        )
      }
    }
    return text.bytes
  }
}

extension Function {
  fileprivate var fields: [ByteString] { [file, ByteString("\(line)"), name] }
}

extension CallStatistics {
  fileprivate var fields: [ByteString] {
    ["\(callCount)", "\(primitiveCallCount)", "\(selfTime)", "\(cumulativeTime)"]
      .map { ByteString($0) }
  }
}

extension CallEdge.Figures {
  fileprivate var fields: [ByteString] {
    switch self {
    case .full(let statistics): statistics.fields
    case .countOnly(let count): [ByteString("\(count)"), "", "", ""]
    }
  }
}
