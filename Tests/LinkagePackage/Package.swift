// swift-tools-version: 6.2
import PackageDescription

// What a program sees that wants the libraries and neither the command line nor a database.
let package = Package(
  name: "OnlyCore",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "strata", path: "../..", traits: [])],
  targets: [
    .executableTarget(
      name: "OnlyCore",
      dependencies: [
        .product(name: "StrataCore", package: "strata"),
        .product(name: "StrataFormats", package: "strata"),
        .product(name: "StrataQuery", package: "strata"),
        .product(name: "StrataCharts", package: "strata"),
      ]
    )
  ]
)
