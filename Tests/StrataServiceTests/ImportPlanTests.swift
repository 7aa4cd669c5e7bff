// SPDX-License-Identifier: Apache-2.0

import StrataFormats
import StrataSpool
import StrataTestSupport
import Testing

@testable import StrataService

struct ImportPlanTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func dumps(_ count: Int, bytes: Int = 1) throws -> DumpWalk {
    for number in 0..<count {
      try folder.write("\(number).prof", repeatElement(0, count: bytes))
    }
    return DumpWalk(paths: [folder.path])
  }

  @Test func `batches are stored in their order, whenever they were read`() throws {
    var plan = ImportPlan<Int>(try dumps(200), jobs: 3)
    let read = (0..<3).map { _ in plan.nextToRead()?.number }
    #expect(read == [0, 1, 2])
    #expect(plan.nextToRead() == nil)
    plan.finishReading(1, 1)
    #expect(plan.nextToStore() == [])
    #expect(plan.nextToRead()?.dumps.count == 8)
    plan.finishReading(0, 0)
    #expect(plan.nextToStore() == [0, 1])
    #expect(plan.nextToRead() == nil)
    // One transaction at a time.
    plan.finishReading(2, 2)
    #expect(plan.nextToStore() == [])
    plan.finishStoring()
    #expect(plan.nextToStore() == [2])
  }

  @Test func `what waits for a slow disk is bounded`() throws {
    var plan = ImportPlan<Int>(try dumps(64 * 12), jobs: 2)
    var started = 0
    while let batch = plan.nextToRead() {
      started += 1
      plan.finishReading(batch.number, batch.number)
    }
    #expect(started == 8)
    #expect(plan.nextToStore() == Array(0..<8))
    plan.finishStoring()
    #expect(plan.nextToRead()?.number == 8)
  }

  @Test func `large dumps are read one at a time, and each is`() throws {
    var plan = ImportPlan<Int>(try dumps(3, bytes: 9 << 20), jobs: 8)
    for number in 0..<3 {
      #expect(plan.nextToRead()?.number == number)
      #expect(plan.nextToRead() == nil)
      plan.finishReading(number, number)
      #expect(plan.nextToStore() == [number])
      plan.finishStoring()
    }
    #expect(plan.nextToRead() == nil)
  }
}
