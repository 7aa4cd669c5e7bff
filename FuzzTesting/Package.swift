// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let strata: [Target.Dependency] = [
  .product(name: "StrataCore", package: "strata"),
  .product(name: "StrataFormats", package: "strata"),
  .product(name: "StrataSpool", package: "strata"),
  .product(name: "StrataExport", package: "strata"),
  .product(name: "StrataQuery", package: "strata"),
  .product(name: "PythonPattern", package: "strata"),
  .product(name: "StrataStoreFormat", package: "strata"),
]

/// A package of its own, so that users of Strata never resolve it.
///
/// `scripts/fuzz` builds it with the sanitizers and links the targets: they are libraries, since
/// libFuzzer brings `main`.
let package = Package(
  name: "strata-fuzz-testing",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "FuzzPattern", type: .static, targets: ["FuzzPattern"]),
    .library(name: "FuzzProfileReader", type: .static, targets: ["FuzzProfileReader"]),
    .library(name: "FuzzPstatsDump", type: .static, targets: ["FuzzPstatsDump"]),
    .library(name: "FuzzPstatsReport", type: .static, targets: ["FuzzPstatsReport"]),
    .library(name: "FuzzSpoolIndex", type: .static, targets: ["FuzzSpoolIndex"]),
    .library(name: "FuzzStoreFormat", type: .static, targets: ["FuzzStoreFormat"]),
  ],
  dependencies: [.package(name: "strata", path: "..", traits: [])],
  targets: [
    .target(name: "FuzzPattern", dependencies: strata, swiftSettings: settings),
    .target(name: "FuzzProfileReader", dependencies: strata, swiftSettings: settings),
    .target(name: "FuzzPstatsDump", dependencies: strata, swiftSettings: settings),
    .target(name: "FuzzPstatsReport", dependencies: strata, swiftSettings: settings),
    .target(name: "FuzzSpoolIndex", dependencies: strata, swiftSettings: settings),
    .target(name: "FuzzStoreFormat", dependencies: strata, swiftSettings: settings),
  ]
)
