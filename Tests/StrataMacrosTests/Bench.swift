// SPDX-License-Identifier: Apache-2.0

#if Macros
import FoundationEssentials
import StrataCore
import StrataMacros
import Synchronization
import Testing

/// A profiler for one test, with a clock that goes on when it is told to.
final class Bench: Sendable {
  /// That of the test that runs.
  @TaskLocal static var current = Bench()

  /// Its profiler, which the functions in these tests are marked with.
  static var profiler: Profiler { current.profiler }

  let profiler: Profiler
  private let clock: Clock

  private final class Clock: Sendable {
    let nanoseconds = Atomic<Int64>(1_000)
  }

  init() {
    let clock = Clock()
    self.clock = clock
    profiler = Profiler(clock: .custom { clock.nanoseconds.load(ordering: .relaxed) })
  }

  /// Lets time pass.
  static func spend(_ time: Int64 = 1) {
    current.clock.nanoseconds.add(time, ordering: .relaxed)
  }

  /// Runs something with a profiler of its own, and tells what it saw.
  static func record(
    isEnabled: Bool = true,
    _ body: () async throws -> Void
  ) async rethrows -> Recording {
    let bench = Bench()
    try await $current.withValue(bench) {
      if isEnabled { bench.profiler.enable() }
      try await body()
      bench.profiler.disable()
    }
    return Recording(snapshot: bench.profiler.snapshot())
  }
}

/// What a profiler saw of a test.
struct Recording {
  let snapshot: ProfilerSnapshot

  /// The functions, but for the time of waiting.
  var functions: [FunctionProfile] {
    snapshot.profile.functions.filter { $0.function != ProfilerSnapshot.awaiting }
  }

  var names: [String] { functions.map(\.function.name.string) }

  /// Name, calls and cumulative nanoseconds of each function.
  var lines: [String] {
    functions.map { profile in
      let figures = profile.statistics
      var calls = "\(figures.callCount)"
      if figures.primitiveCallCount != figures.callCount {
        calls += "/\(figures.primitiveCallCount)"
      }
      let time = Int((figures.cumulativeTime * 1e9).rounded())
      return "\(profile.function.name.string) \(calls) \(time)"
    }
  }

  /// Who called a function.
  func callers(of name: ByteString) -> [String] {
    functions.filter { $0.function.name == name }.flatMap(\.callers)
      .map { $0.caller.name.string }
  }

  /// Whether each function is at a line of the file where one of its name is declared; one
  /// that was given another name is not looked at.
  func expectDeclarations(
    in path: String,
    renamed: String? = nil,
    _ place: SourceLocation = #_sourceLocation
  ) {
    let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8)
    let lines = (text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    for function in functions.map(\.function) where function.name.string != renamed {
      let name = function.name.string
      let last =
        name.prefix(upTo: name.lastIndex(of: "(") ?? name.endIndex)
        .split(separator: ".").last ?? ""
      let line = lines.indices.contains(function.line - 1) ? lines[function.line - 1] : ""
      let word = last == "deinit" ? "deinit" : "func \(last)"
      #expect(line.contains(word), "\(function)", sourceLocation: place)
    }
  }
}
#endif
