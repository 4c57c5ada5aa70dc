// swift-tools-version: 6.2
import PackageDescription

// Layers, top to bottom: program -> studios and adapters -> capabilities -> libraries.
// An arrow not listed here does not compile: the checks build with
// `--explicit-target-dependency-import-check error`.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// For modules that compute pixels: a debug build would otherwise be fifty times slower, and the tests with it.
let optimised = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// A C library of the distribution: a module map, a shim with fixed-arity wrappers, and its pkg-config name.
func library(_ name: String, pkgConfig: String? = nil, apt: [String] = []) -> Target {
    .systemLibrary(
        name: name, path: "Sources/Libraries/\(name)", pkgConfig: pkgConfig,
        providers: apt.isEmpty ? nil : [.apt(apt)])
}

func module(
    _ name: String, in layer: String, uses dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = strict
) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(layer)/\(name)", swiftSettings: settings)
}

func capability(_ name: String, uses: [Target.Dependency] = []) -> Target {
    module(name, in: "Capabilities", uses: uses)
}
func adapter(_ name: String, uses: [Target.Dependency]) -> Target { module(name, in: "Adapters", uses: uses) }
func studio(_ name: String, uses: [Target.Dependency]) -> Target { module(name, in: "Studios", uses: uses) }

func tests(_ name: String, uses: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: uses + ["AtelierTesting"], path: "Tests/\(name)Tests",
        swiftSettings: strict)
}

let libraries: [Target] = [
    library("CLinux"),
    library("CMicrohttpd", pkgConfig: "libmicrohttpd", apt: ["libmicrohttpd-dev"]),
    library("CSQLite", pkgConfig: "sqlite3", apt: ["libsqlite3-dev"]),
    library("CCrypto", pkgConfig: "libcrypto", apt: ["libssl-dev"]),
    library("CJansson", pkgConfig: "jansson", apt: ["libjansson-dev"]),
    library("CPostgreSQL", pkgConfig: "libpq", apt: ["libpq-dev"]),
    library("CMariaDB", pkgConfig: "libmariadb", apt: ["libmariadb-dev"]),
    library("CNghttp2", pkgConfig: "libnghttp2", apt: ["libnghttp2-dev"]),
    library("COpenSSL", pkgConfig: "openssl", apt: ["libssl-dev"]),
    library("CCurl", pkgConfig: "libcurl", apt: ["libcurl4-openssl-dev"]),
    .target(name: "CVips", path: "Sources/Libraries/CVips"),
    .target(name: "CFaultySQLite", dependencies: ["CSQLite"], path: "Sources/Libraries/CFaultySQLite"),
]

let capabilities: [Target] = [
    capability("Concurrency", uses: ["CLinux"]),
    capability("Cryptography", uses: ["CCrypto"]),
    capability("Settings"),
    capability("Observability", uses: ["Settings", "Concurrency"]),
    capability("Identity", uses: ["Concurrency", "Settings", "Cryptography"]),
    capability("Database", uses: ["Settings", "Concurrency", "Observability"]),
    capability("GRPCClient", uses: ["Concurrency", "CLinux", "CNghttp2", "COpenSSL"]),
    capability("HTTPClient", uses: ["Settings", "Concurrency"]),
    capability("Storage", uses: ["Settings", "Cryptography"]),
    capability("Imaging", uses: ["Settings", "Concurrency", "CVips"]),
    capability("Generation", uses: ["Imaging", "Storage", "Workflows"]),
    capability("Workflows", uses: ["Settings", "Concurrency", "Database", "Observability"]),
    capability("Web", uses: ["Settings", "Concurrency", "Cryptography", "Identity", "Observability", "CJansson"]),
    capability(
        "Webhooks",
        uses: [
            "Concurrency", "Cryptography", "Database", "HTTPClient", "Observability", "Settings", "Web", "Workflows",
        ]),
    capability(
        "StudioInterface",
        uses: ["Concurrency", "Cryptography", "Database", "Observability", "Storage", "Web", "Workflows"]),
]

let adapters: [Target] = [
    adapter("DatabaseSQLite", uses: ["Concurrency", "Database", "Observability", "CSQLite"]),
    adapter("DatabasePostgreSQL", uses: ["Concurrency", "Database", "CLinux", "CPostgreSQL"]),
    adapter("DatabaseMySQL", uses: ["Concurrency", "Database", "CMariaDB"]),
    adapter("HTTPClientCurl", uses: ["Concurrency", "HTTPClient", "CCurl"]),
    adapter("WorkflowsSQL", uses: ["Concurrency", "Database", "Observability", "Workflows"]),
    adapter(
        "WorkflowsTemporal", uses: ["Concurrency", "Database", "GRPCClient", "Observability", "Settings", "Workflows"]),
    adapter("StorageFile", uses: ["Concurrency", "Cryptography", "Storage", "CLinux"]),
    module("ProviderProcedural", in: "Adapters", uses: ["Concurrency", "Generation", "Imaging"], settings: optimised),
    adapter("WebMicrohttpd", uses: ["Concurrency", "Observability", "Web", "CMicrohttpd", "CLinux"]),
]

let studios: [Target] = [
    studio(
        "Campaigns",
        uses: [
            "Concurrency", "Cryptography", "Database", "Generation", "Identity", "Imaging", "Observability",
            "Storage", "StudioInterface", "Web", "Workflows",
        ])
]

let program: [Target] = [
    .target(
        name: "Operations",
        dependencies: ["Concurrency", "Database", "Identity", "Observability", "Storage", "Web", "Workflows"],
        path: "Sources/Operations", swiftSettings: strict),
    .executableTarget(
        name: "atelier",
        dependencies: [
            "Campaigns", "Concurrency", "Cryptography", "Database", "DatabaseMySQL", "DatabasePostgreSQL",
            "DatabaseSQLite", "GRPCClient", "Generation", "HTTPClient", "HTTPClientCurl", "Identity", "Imaging",
            "Observability", "Operations", "ProviderProcedural", "Settings", "Storage", "StorageFile",
            "StudioInterface", "Web", "WebMicrohttpd", "Webhooks", "Workflows", "WorkflowsSQL", "WorkflowsTemporal",
        ],
        path: "Sources/atelier", swiftSettings: strict),
]

let testing: [Target] = [
    .target(
        name: "AtelierTesting",
        dependencies: [
            "Concurrency", "Database", "DatabaseMySQL", "DatabasePostgreSQL", "DatabaseSQLite", "Workflows",
        ],
        path: "Sources/Testing/AtelierTesting", swiftSettings: strict),
    .target(
        name: "Faults", dependencies: ["CFaultySQLite", "Concurrency", "Database"], path: "Sources/Testing/Faults",
        swiftSettings: strict),
    .executableTarget(
        name: "drill",
        dependencies: [
            "Concurrency", "Database", "DatabaseSQLite", "Faults", "GRPCClient", "Workflows", "WorkflowsSQL",
            "WorkflowsTemporal",
        ],
        path: "Sources/Testing/drill", swiftSettings: strict),
    .executableTarget(
        name: "EngineSimulation",
        dependencies: ["Concurrency", "Database", "DatabaseSQLite", "Observability", "Workflows", "WorkflowsSQL"],
        path: "Sources/Testing/EngineSimulation", swiftSettings: optimised),
    tests("EngineSimulation", uses: ["Concurrency", "EngineSimulation"]),
    tests("Concurrency", uses: ["Concurrency"]),
    tests("Cryptography", uses: ["Cryptography"]),
    tests("Settings", uses: ["Settings"]),
    tests("Observability", uses: ["Concurrency", "Observability"]),
    tests("Identity", uses: ["Cryptography", "Identity"]),
    tests("DatabaseSQLite", uses: ["Concurrency", "Database", "DatabaseSQLite", "Faults", "Observability"]),
    tests("Database", uses: ["Concurrency", "Database"]),
    tests("DatabasePostgreSQL", uses: ["Concurrency", "Database", "DatabasePostgreSQL"]),
    tests("DatabaseMySQL", uses: ["Concurrency", "Database", "DatabaseMySQL"]),
    tests("HTTPClient", uses: ["Concurrency", "HTTPClient", "HTTPClientCurl"]),
    tests(
        "Webhooks",
        uses: [
            "Concurrency", "Database", "HTTPClient", "HTTPClientCurl", "Observability", "Web", "Webhooks", "Workflows",
            "WorkflowsSQL",
        ]),
    tests("GRPCClient", uses: ["Concurrency", "GRPCClient"]),
    tests(
        "WorkflowsTemporal",
        uses: [
            "Campaigns", "Concurrency", "Database", "GRPCClient", "Observability", "Settings", "Workflows",
            "WorkflowsTemporal",
        ]),
    tests("StorageFile", uses: ["Concurrency", "Cryptography", "Storage", "StorageFile"]),
    tests("Imaging", uses: ["Concurrency", "Imaging"]),
    tests("Generation", uses: ["Concurrency", "Generation", "Imaging", "ProviderProcedural"]),
    tests(
        "Workflows",
        uses: ["Concurrency", "Database", "DatabaseSQLite", "Faults", "Observability", "Workflows", "WorkflowsSQL"]),
    tests(
        "Operations",
        uses: [
            "Concurrency", "Database", "DatabaseSQLite", "Identity", "Observability", "Operations", "Web",
            "Workflows", "WorkflowsSQL",
        ]),
    tests("Web", uses: ["Concurrency", "Cryptography", "Identity", "Observability", "Web"]),
    tests("WebMicrohttpd", uses: ["Concurrency", "Observability", "Web", "WebMicrohttpd"]),
    tests("StudioInterface", uses: ["Concurrency", "Database", "StudioInterface"]),
    tests(
        "Campaigns",
        uses: [
            "Campaigns", "Concurrency", "Database", "DatabaseSQLite", "Imaging", "Observability", "Storage",
            "StudioInterface", "Web", "Workflows", "WorkflowsSQL",
        ]),
    tests("Scenarios", uses: ["atelier", "drill", "Concurrency", "Database", "DatabaseSQLite", "Imaging"]),
]

let package = Package(
    name: "atelier",
    products: [.executable(name: "atelier", targets: ["atelier"])],
    targets: libraries + capabilities + adapters + studios + program + testing,
    swiftLanguageModes: [.v6]
)
