// SPDX-License-Identifier: Apache-2.0

import StrataProfiler

/// The program that CPython tests its profilers with, in Swift.
///
/// Its clock counts milliseconds, and goes on only where the program says so. The same functions call
/// each other the same number of times, so a profiler must find the same numbers; they stand under the
/// names and lines of the original. Source: CPython's `Lib/test/profilee.py`.
struct ProfileeProgram {
  private struct AttributeError: Error {}

  let profiler: Profiler
  private let clock: ManualClock

  init() {
    let clock = ManualClock()
    self.clock = clock
    profiler = Profiler(clock: clock.profilerClock)
  }

  func run() {
    profiler.run {
      profiler.measure("<module>", fileID: "<string>", line: 1) { testfunc() }
    }
  }

  private func ticks(_ count: Int64) { clock.advance(count * 1_000_000) }

  private func probe<Result, Failure: Error>(
    _ name: StaticString,
    _ line: Int,
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try profiler.measure(name, fileID: "profilee.py", line: line, body)
  }

  private func builtin<Result, Failure: Error>(
    _ name: StaticString,
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try profiler.measure(name, fileID: "~", line: 0, body)
  }

  private func testfunc() {
    probe("testfunc", 25) {
      ticks(99)
      helper()
      helper()
      ticks(171)
      _ = factorial(14)
    }
  }

  private func factorial(_ number: Int) -> Int {
    probe("factorial", 35) {
      guard number > 0 else {
        ticks(11)
        return 1
      }
      ticks(Int64(number))
      return multiply(number, factorial(number - 1))
    }
  }

  private func multiply(_ left: Int, _ right: Int) -> Int {
    probe("mul", 48) {
      ticks(1)
      return left * right
    }
  }

  private func helper() {
    probe("helper", 55) {
      ticks(1)
      helper1()
      ticks(2)
      helper1()
      ticks(6)
      helper2()
      ticks(3)
      helper2()
      ticks(2)
      helper2()
      ticks(5)
      helper2Indirect()
      ticks(1)
    }
  }

  private func helper1() {
    probe("helper1", 73) {
      ticks(10)
      hasAttribute()
      ticks(19)
      builtin("<method 'append' of 'list' objects>") {}
      builtin("<built-in method sys.exception>") {}
    }
  }

  private func helper2Indirect() {
    probe("helper2_indirect", 84) {
      helper2()
      _ = factorial(3)
    }
  }

  private func helper2() {
    probe("helper2", 88) {
      ticks(11)
      hasAttribute()
      ticks(13)
      subhelper()
      ticks(15)
    }
  }

  private func subhelper() {
    probe("subhelper", 98) {
      ticks(2)
      for _ in 0..<2 {
        do { try attribute() } catch { ticks(3) }
      }
    }
  }

  private func hasAttribute() {
    builtin("<built-in method builtins.hasattr>") {
      do { try attribute() } catch {}
    }
  }

  private func attribute() throws {
    try probe("__getattr__", 110) { () throws(AttributeError) in
      ticks(1)
      throw AttributeError()
    }
  }
}
