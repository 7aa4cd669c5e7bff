// swift-tools-version: 6.2
import CompilerPluginSupport
import PackageDescription

/// What is checked where Strata itself is built, which its scripts say (`scripts/lib/setup.sh`).
///
/// A program that depends on Strata is not ours to stop: a newer compiler may warn of more, and
/// `-Ounchecked`, which goes to all packages, is an error beside strict memory safety.
let checks: [SwiftSetting] =
  Context.environment["STRATA_CHECKS"] == "1"
  ? [.strictMemorySafety(), .treatAllWarnings(as: .error)] : []

let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
  ] + checks

/// What only the command line and the embedded store need: a program that uses the libraries alone,
/// with `traits: []`, fetches none of it (`scripts/test-linkage` proves it).
let tools = TargetDependencyCondition.when(traits: ["Tools"])

/// What the macros need, off unless asked for: swift-syntax takes a minute or two to build.
let macros = TargetDependencyCondition.when(traits: ["Macros"])
/// What only the adapter for swift-distributed-tracing needs.
let tracing = TargetDependencyCondition.when(traits: ["Tracing"])

let package = Package(
  name: "strata",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "PythonPattern", targets: ["PythonPattern"]),
    .library(name: "StrataCore", targets: ["StrataCore"]),
    .library(name: "StrataFormats", targets: ["StrataFormats"]),
    .library(name: "StrataSpool", targets: ["StrataSpool"]),
    .library(name: "StrataExport", targets: ["StrataExport"]),
    .library(name: "StrataQuery", targets: ["StrataQuery"]),
    .library(name: "StrataCharts", targets: ["StrataCharts"]),
    .library(name: "StrataProfiler", targets: ["StrataProfiler"]),
    .library(name: "StrataMacros", targets: ["StrataMacros"]),
    .library(name: "StrataTracing", targets: ["StrataTracing"]),
    .library(name: "StrataSQLite", targets: ["StrataSQLite"]),
    .library(name: "StrataTesting", targets: ["StrataTesting"]),
    // For FuzzTesting: all names in it are the package's own.
    .library(name: "StrataStoreFormat", targets: ["StrataStoreFormat"]),
    .executable(name: "strata", targets: ["strata"]),
  ],
  traits: [
    .trait(name: "Tools", description: "The command line and the embedded store."),
    .trait(name: "Macros", description: "@Profiled, which marks functions for the profiler."),
    .trait(name: "Tracing", description: "Spans of swift-distributed-tracing, profiled."),
    .default(enabledTraits: ["Tools"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.1"),
  ],
  targets: [
    .target(
      name: "StrataCore",
      swiftSettings: settings,
      // Rounding and fused multiplication; with Foundation they come along, without it they do not.
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]
    ),
    .target(name: "StrataFormats", dependencies: ["StrataCore"], swiftSettings: settings),
    .target(
      name: "StrataSpool",
      dependencies: ["StrataCore", "StrataFormats"],
      swiftSettings: settings
    ),
    .target(name: "StrataExport", dependencies: ["StrataCore"], swiftSettings: settings),
    .target(name: "PythonPattern", dependencies: ["StrataCore"], swiftSettings: settings),
    .target(
      name: "StrataQuery",
      dependencies: ["PythonPattern", "StrataCore"],
      swiftSettings: settings
    ),
    .target(name: "StrataCharts", dependencies: ["StrataCore"], swiftSettings: settings),
    .target(
      name: "StrataProfiler",
      dependencies: ["StrataCore", "StrataFormats", "StrataSpool"],
      swiftSettings: settings
    ),
    .target(
      name: "StrataMacros",
      dependencies: ["StrataCore", "StrataProfiler", "StrataMacrosPlugin"],
      swiftSettings: settings
    ),
    .macro(
      name: "StrataMacrosPlugin",
      dependencies: [
        .product(name: "SwiftCompilerPlugin", package: "swift-syntax", condition: macros),
        .product(name: "SwiftDiagnostics", package: "swift-syntax", condition: macros),
        .product(name: "SwiftIfConfig", package: "swift-syntax", condition: macros),
        .product(name: "SwiftParser", package: "swift-syntax", condition: macros),
        .product(name: "SwiftSyntax", package: "swift-syntax", condition: macros),
        .product(name: "SwiftSyntaxBuilder", package: "swift-syntax", condition: macros),
        .product(name: "SwiftSyntaxMacros", package: "swift-syntax", condition: macros),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "StrataTracing",
      dependencies: [
        "StrataCore", "StrataProfiler",
        .product(name: "Tracing", package: "swift-distributed-tracing", condition: tracing),
      ],
      swiftSettings: settings
    ),
    .target(name: "CStrataSystem"),
    .target(
      name: "StrataStoreFormat",
      dependencies: ["CStrataSystem", "StrataCore"],
      swiftSettings: settings
    ),
    .target(
      name: "StrataSQLite",
      dependencies: [
        "CStrataSystem", "StrataCore", "StrataQuery", "StrataStoreFormat",
        .product(name: "GRDB", package: "GRDB.swift", condition: tools),
        .product(name: "GRDBSQLite", package: "GRDB.swift", condition: tools),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "StrataService",
      dependencies: [
        "StrataCore", "StrataSpool", "StrataExport", "StrataQuery", "StrataCharts",
      ],
      swiftSettings: settings
    ),
    .target(
      name: "StrataCommand",
      dependencies: [
        "CStrataSystem", "PythonPattern", "StrataCore", "StrataFormats", "StrataSpool",
        "StrataExport", "StrataQuery", "StrataCharts", "StrataService", "StrataSQLite",
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: tools),
      ],
      swiftSettings: settings
    ),
    .executableTarget(name: "strata", dependencies: ["StrataCommand"], swiftSettings: settings),
    .target(
      name: "StrataTesting",
      dependencies: ["StrataCore", "StrataQuery"],
      swiftSettings: settings
    ),
    .target(
      name: "StrataTestSupport",
      dependencies: [
        "StrataCore", "StrataFormats", "StrataSpool", "StrataQuery", "StrataTesting",
      ],
      path: "Tests/StrataTestSupport",
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataCoreTests",
      dependencies: ["StrataCore", "StrataTestSupport", "StrataTesting"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataFormatsTests",
      dependencies: [
        "StrataCore", "StrataFormats", "StrataSpool", "StrataExport", "StrataTestSupport",
        "StrataTesting",
      ],
      exclude: ["Fixtures"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataSpoolTests",
      dependencies: ["StrataCore", "StrataFormats", "StrataSpool", "StrataTestSupport"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataExportTests",
      dependencies: [
        "StrataCore", "StrataFormats", "StrataExport", "StrataQuery", "StrataTestSupport",
        "StrataTesting",
      ],
      exclude: ["Fixtures"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "PythonPatternTests",
      dependencies: ["PythonPattern", "StrataCore", "StrataTestSupport", "StrataTesting"],
      exclude: ["Fixtures"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataQueryTests",
      dependencies: [
        "PythonPattern", "StrataCore", "StrataFormats", "StrataSpool", "StrataQuery",
        "StrataTestSupport", "StrataTesting",
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataChartsTests",
      dependencies: ["StrataCore", "StrataCharts", "StrataTestSupport", "StrataTesting"],
      exclude: ["Golden"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataProfilerTests",
      dependencies: [
        "StrataCore", "StrataFormats", "StrataSpool", "StrataExport", "StrataProfiler",
        "StrataQuery", "StrataTestSupport", "StrataTesting",
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataMacrosTests",
      dependencies: [
        "StrataCore", "StrataProfiler", "StrataMacros", "StrataMacrosPlugin",
        .product(name: "SwiftDiagnostics", package: "swift-syntax", condition: macros),
        .product(name: "SwiftIfConfig", package: "swift-syntax", condition: macros),
        .product(name: "SwiftParser", package: "swift-syntax", condition: macros),
        .product(name: "SwiftSyntax", package: "swift-syntax", condition: macros),
        .product(name: "SwiftSyntaxMacroExpansion", package: "swift-syntax", condition: macros),
        .product(
          name: "SwiftSyntaxMacrosGenericTestSupport",
          package: "swift-syntax",
          condition: macros
        ),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataTracingTests",
      dependencies: [
        "StrataCore", "StrataProfiler", "StrataTracing",
        .product(name: "Tracing", package: "swift-distributed-tracing", condition: tracing),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataStoreFormatTests",
      dependencies: ["StrataCore", "StrataStoreFormat", "StrataTestSupport"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataSQLiteTests",
      dependencies: [
        "StrataCore", "StrataFormats", "StrataSpool", "StrataQuery", "StrataSQLite",
        "StrataTestSupport", "StrataTesting",
        .product(name: "GRDB", package: "GRDB.swift", condition: tools),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataServiceTests",
      dependencies: [
        "StrataCore", "StrataFormats", "StrataSpool", "StrataQuery", "StrataService",
        "StrataTestSupport", "StrataTesting",
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "DocumentationTests",
      dependencies: [
        "StrataCore", "StrataFormats", "StrataSpool", "StrataExport", "StrataQuery",
        "StrataCharts",
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StrataCommandTests",
      dependencies: [
        "strata", "StrataCommand", "StrataCore", "StrataFormats", "StrataSpool",
        "StrataExport", "StrataQuery", "StrataService", "StrataSQLite",
        "StrataTestSupport", "StrataTesting",
        .product(name: "GRDB", package: "GRDB.swift", condition: tools),
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: tools),
      ],
      swiftSettings: settings
    ),
  ]
)

// `scripts/test-traits` builds the package once more with other traits, for the sake of few tests: the
// others would take most of the time, and are built and run without those traits.
if let kept = Context.environment["STRATA_TEST_TARGETS"]?.split(separator: ",").map(String.init) {
  package.targets.removeAll { $0.isTest && !kept.contains($0.name) }
}
