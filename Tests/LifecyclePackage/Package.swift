// swift-tools-version: 6.2
import PackageDescription

// A service of swift-service-lifecycle, which Strata itself does not depend on.
let package = Package(
  name: "Lifecycle",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "strata", path: "../..", traits: []),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.0.0"),
  ],
  targets: [
    .executableTarget(
      name: "Recorded",
      dependencies: [
        .product(name: "StrataCore", package: "strata"),
        .product(name: "StrataProfiler", package: "strata"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Logging", package: "swift-log"),
      ]
    )
  ]
)
