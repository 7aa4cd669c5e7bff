// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// A package of its own, so that users of Strata never resolve it.
let package = Package(
  name: "strata-benchmarks",
  platforms: [.macOS(.v15)],
  // The trait Tools is for the embedded store.
  dependencies: [.package(name: "strata", path: "..", traits: ["Tools"])],
  targets: [
    .executableTarget(
      name: "ReadingBenchmark",
      dependencies: [
        .product(name: "StrataCore", package: "strata"),
        .product(name: "StrataFormats", package: "strata"),
        .product(name: "StrataSpool", package: "strata"),
      ],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "ProfilerBenchmark",
      dependencies: [.product(name: "StrataProfiler", package: "strata")],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "StoreBenchmark",
      dependencies: [
        .product(name: "StrataCore", package: "strata"),
        .product(name: "StrataFormats", package: "strata"),
        .product(name: "StrataSpool", package: "strata"),
        .product(name: "StrataQuery", package: "strata"),
        .product(name: "StrataSQLite", package: "strata"),
      ],
      swiftSettings: settings
    ),
  ]
)
