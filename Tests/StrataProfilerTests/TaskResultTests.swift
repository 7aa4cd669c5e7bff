// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataProfiler
import Testing

/// What comes out of asynchronous calls, whether they are recorded or not.
struct TaskResultTests {
  private struct Failure: Error, Equatable { var code: Int }
  private struct Handle: ~Copyable { var number: Int }

  @Test(arguments: [true, false])
  func `errors keep their type`(_ isEnabled: Bool) async {
    let profiler = Profiler()
    if isEnabled { profiler.enable() }
    do throws(Failure) {
      try await profiler.measure("fail") { () async throws(Failure) in
        await Task.yield()
        throw Failure(code: 7)
      }
    } catch {
      #expect(error.code == 7)
    }
    let calls = profiler.statsProfile().functions.filter { $0.function.name == "fail" }
    #expect(calls.count == (isEnabled ? 1 : 0))
  }

  @Test(arguments: [true, false])
  func `what cannot be copied is handed on`(_ isEnabled: Bool) async {
    let profiler = Profiler()
    if isEnabled { profiler.enable() }
    let handle = await profiler.measure("open", labels: ["input": "a"]) { () async -> Handle in
      await Task.yield()
      return Handle(number: 3)
    }
    #expect(handle.number == 3)
    let other = await measure("shared result") { () async -> Handle in Handle(number: 4) }
    #expect(other.number == 4)
  }
}
