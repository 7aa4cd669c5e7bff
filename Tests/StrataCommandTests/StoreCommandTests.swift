// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import GRDB
import StrataTestSupport
import Testing

@Suite struct StoreCommandTests {
  private let folder: TemporaryFolder
  private let store: String

  init() throws {
    folder = try TemporaryFolder()
    store = folder("series.db")
    try Tool.storeSeries(store)
  }

  @Test func `answers are the same before captures go and after, and what needs them is refused`()
    throws
  {
    let query = ["slices", "--store", store, "--every", "1m", "--format", "csv"]
    let before = try Tool.run(query)
    let alone = try Tool.run(query + ["--no-rollups"])
    #expect(before.status == 0)
    #expect(alone.output == before.output)
    let pruned = try Tool.run([
      "store", "prune", "--store", store, "--captures", "1s", "--minutes", "never",
    ])
    #expect(pruned.status == 0)
    #expect(pruned.output.hasPrefix("600 captures, 0 sums by minute and 0 by hour deleted; "))
    #expect(try Tool.run(query).output == before.output)
    let refused = try Tool.run(["slices", "--store", store, "--every", "10s"])
    #expect(refused.status == 64)
    #expect(refused.errors.contains("were pruned"))
    let again = try Tool.run(["import", "--store", store, Tool.series])
    #expect(again.output.hasPrefix("600 dumps: 0 stored, 600 already known, 0 failed in "))
    #expect(try Tool.run(["store", "verify", "--store", store]).status == 0)
  }

  @Test func `damage is named, and removed on request`() throws {
    try DatabaseQueue(path: store).write { db in
      try db.execute(sql: "UPDATE capture SET selfTimes = zeroblob(9) WHERE id = 5")
    }
    let found = try Tool.run(["store", "verify", "--store", store])
    #expect(found.status == 65)
    #expect(found.errors.contains("table capture, row 5, column selfTimes"))
    let removed = try Tool.run(["store", "verify", "--store", store, "--remove-damaged"])
    #expect(removed.status == 65)
    #expect(removed.output.contains("1 captures removed"))
    let whole = try Tool.run(["store", "verify", "--store", store])
    #expect(whole.status == 0)
    #expect(whole.output.hasPrefix("599 captures and "))
    let again = try Tool.run(["import", "--store", store, Tool.series])
    #expect(again.output.hasPrefix("600 dumps: 1 stored, 599 already known, 0 failed in "))
  }

  @Test func `a plan says what is read`() throws {
    let plan = try Tool.run([
      "slices", "--store", store, "--every", "1h", "--explain",
    ])
    #expect(plan.status == 0)
    #expect(plan.output.contains("pass 1"))
    #expect(plan.output.contains("600 (traced, wall)"))
  }

  @Test func `a store that is not there is no input`() throws {
    for command in ["verify", "prune", "rollup"] {
      #expect(try Tool.run(["store", command, "--store", folder("absent.db")]).status == 66)
    }
  }

  @Test(arguments: ["-1d", "soon"])
  func `an age is a duration or never`(age: String) throws {
    let outcome = try Tool.run(["store", "prune", "--store", store, "--captures", age])
    #expect(outcome.status == 64)
  }
}
#endif
