// swift-tools-version: 6.2
import PackageDescription

// What programs see that want the libraries and neither the command line nor a database.
let package = Package(
  name: "Linkage",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "strata", path: "../..", traits: [])],
  targets: [
    .executableTarget(
      name: "OnlyCore",
      dependencies: [
        .product(name: "StrataCore", package: "strata"),
        .product(name: "StrataFormats", package: "strata"),
        .product(name: "StrataSpool", package: "strata"),
        .product(name: "StrataExport", package: "strata"),
        .product(name: "StrataQuery", package: "strata"),
        .product(name: "StrataCharts", package: "strata"),
      ]
    ),
    .executableTarget(
      name: "OnlyProfiler",
      dependencies: [
        .product(name: "StrataCore", package: "strata"),
        .product(name: "StrataFormats", package: "strata"),
        .product(name: "StrataSpool", package: "strata"),
        .product(name: "StrataExport", package: "strata"),
        .product(name: "StrataProfiler", package: "strata"),
      ]
    ),
    .executableTarget(
      name: "BusyProfiler",
      dependencies: [
        .product(name: "StrataCore", package: "strata"),
        .product(name: "StrataProfiler", package: "strata"),
      ]
    ),
  ]
)
