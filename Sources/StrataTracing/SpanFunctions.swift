// SPDX-License-Identifier: Apache-2.0

#if Tracing
import StrataCore
import StrataProfiler
import Synchronization

/// Where spans are started, and under which name.
struct SpanSite: Hashable {
  let name: String
  let file: String
  let line: UInt

  func renamed(_ name: String) -> SpanSite {
    SpanSite(name: name, file: file, line: line)
  }
}

/// The functions that a tracer tells apart.
final class SpanFunctions: Sendable {
  private let profiler: Profiler
  private let limit: Int
  private let functions = Mutex<[SpanSite: SpanFunction]>([:])

  init(of profiler: Profiler, limit: Int) {
    self.profiler = profiler
    self.limit = max(0, limit)
  }

  /// The function of a site; that of all others once there are too many.
  subscript(site: SpanSite) -> SpanFunction {
    functions.withLock { functions in
      if let function = functions[site] { return function }
      guard functions.count < limit else {
        return profiler.spanFunction(ProfilingTracer.otherSpans)
      }
      let function = profiler.spanFunction(
        Function(
          file: ByteString(site.file),
          line: Int(clamping: site.line),
          name: ByteString(site.name)
        )
      )
      functions[site] = function
      return function
    }
  }
}
#endif
