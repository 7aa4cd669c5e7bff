// SPDX-License-Identifier: Apache-2.0

import StrataProfiler

/// What a workload marks its functions with, so that it can be built with probes and without.
protocol Probe: Sendable {
  func call<Result>(_ name: StaticString, _ body: () -> Result) -> Result
  func call<Result>(
    _ name: StaticString,
    _ body: nonisolated(nonsending) () async -> Result
  ) async -> Result
}

/// No probe at all.
struct Bare: Probe {
  @inline(__always)
  func call<Result>(_ name: StaticString, _ body: () -> Result) -> Result { body() }

  @inline(__always)
  func call<Result>(
    _ name: StaticString,
    _ body: nonisolated(nonsending) () async -> Result
  ) async -> Result {
    await body()
  }
}

/// The probe of a profiler, on or off.
struct Measured: Probe {
  let profiler: Profiler

  @inline(__always)
  func call<Result>(_ name: StaticString, _ body: () -> Result) -> Result {
    profiler.measure(name, body)
  }

  @inline(__always)
  func call<Result>(
    _ name: StaticString,
    _ body: nonisolated(nonsending) () async -> Result
  ) async -> Result {
    await profiler.measure(name, isolation: .inherited, body)
  }
}
