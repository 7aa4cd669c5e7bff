// swift-tools-version: 6.2
import PackageDescription

// What a program needs that profiles itself: this package, and nothing that it would fetch besides.
let package = Package(
  name: "Recording",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "strata", path: "../..", traits: [])],
  targets: [
    .executableTarget(
      name: "Recording",
      dependencies: [
        .product(name: "StrataCharts", package: "strata"),
        .product(name: "StrataCore", package: "strata"),
        .product(name: "StrataExport", package: "strata"),
        .product(name: "StrataProfiler", package: "strata"),
        .product(name: "StrataQuery", package: "strata"),
      ]
    )
  ]
)
