// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery

/// A record that was found fit to be kept, with all encoded that needs no ids of the store.
struct PreparedRecord {
  let record: ProfileRecord
  let functionColumns: (unit: TimeUnit, columns: [UInt8])
  let edgeColumns: (unit: TimeUnit, columns: [UInt8])
  /// The functions of the rows, by their number in the profile's table.
  let functions: [Int32]
  /// The ends of each edge, by their numbers in the profile's table.
  let callers: [Int32]
  let callees: [Int32]

  init(_ record: ProfileRecord) throws(RecordError) {
    let profile = record.profile
    let edgeCount = profile.rows.reduce(0) { $0 + Int($1.edgeCount) }
    var functionFigures = FigureColumns(reservingCapacity: profile.rows.count)
    var edgeFigures = FigureColumns(reservingCapacity: edgeCount)
    var callers: [Int32] = []
    var callees: [Int32] = []
    callers.reserveCapacity(edgeCount)
    callees.reserveCapacity(edgeCount)
    for row in profile.rows {
      do { try functionFigures.append(profile.statistics(of: row)) } catch {
        throw RecordError(error, profile.functionTable[Int(row.function)])
      }
      for edge in profile.edges[row.edgeRange] {
        do { try edgeFigures.append(profile.figures(of: edge)) } catch {
          throw RecordError(
            error,
            profile.functionTable[Int(row.function)],
            caller: profile.functionTable[Int(edge.caller)]
          )
        }
        callers.append(edge.caller)
        callees.append(row.function)
      }
    }
    self.record = record
    self.callers = callers
    self.callees = callees
    functions = profile.rows.map(\.function)
    functionColumns = functionFigures.encoded
    edgeColumns = edgeFigures.encodedEdges(
      edgeCounts: Self.explicitEdgeCounts(profile, functions: functions, callees: callees)
    )
  }

  /// The number of edges of each function, or nothing where the edges themselves show it.
  private static func explicitEdgeCounts(
    _ profile: StatsProfile,
    functions: [Int32],
    callees: [Int32]
  ) -> [Int64] {
    let counts = profile.rows.map { Int64($0.edgeCount) }
    let shown = ColumnarBlob.edgeCounts(functions: functions, callees: callees)
    return shown == counts ? [] : counts
  }
}

extension RecordError {
  fileprivate init(_ refusal: FigureColumns.Refusal, _ function: Function, caller: Function? = nil)
  {
    self.init(
      code: refusal.isTime ? .timeOutOfRange : .countOutOfRange,
      function: function,
      figure: refusal.figure + (caller.map { " of the calls from \($0)" } ?? ""),
      value: refusal.value
    )
  }
}

#endif
