// SPDX-License-Identifier: Apache-2.0

import Logging
import ServiceLifecycle
import StrataCore
import StrataProfiler

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

// Runs a recorder as a service, until the program is asked to end.
//
//   Recorded FOLDER bare       the recorder is the service
//   Recorded FOLDER wrapped    a service that cancels the recorder, as the library advises

// swift-format-ignore: AvoidRetroactiveConformances
extension ProfileRecorder: @retroactive Service {}

struct Wrapped: Service {
  let recorder: ProfileRecorder

  func run() async throws {
    try await cancelWhenGracefulShutdown { try await recorder.run() }
  }
}

/// Makes a call, says so, and makes another one while the program shuts down.
struct Worker: Service {
  func run() async throws {
    measure("before") {}
    print("ready")
    fflush(nil)
    try await gracefulShutdown()
    measure("after") {}
  }
}

// A slice of ten hours: only one that ends early is ever written.
let recorder = ProfileRecorder(
  every: .seconds(36_000),
  into: try RecordFolder(CommandLine.arguments[1])
)
Profiler.shared.enable()
let service: any Service =
  CommandLine.arguments[2] == "bare" ? recorder : Wrapped(recorder: recorder)
// Services end one after the other, the first one last.
let group = ServiceGroup(
  services: [service, Worker()],
  gracefulShutdownSignals: [.sigterm],
  logger: Logger(label: "recorded")
)
try await group.run()
print("ended")
