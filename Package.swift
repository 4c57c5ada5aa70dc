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

/// A C library of the distribution: a module map, a shim with fixed-arity wrappers, and its pkg-config name.
func library(_ name: String, pkgConfig: String? = nil, apt: [String] = []) -> Target {
    .systemLibrary(
        name: name, path: "Sources/Libraries/\(name)", pkgConfig: pkgConfig,
        providers: apt.isEmpty ? nil : [.apt(apt)])
}

func module(_ name: String, in layer: String, uses dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(layer)/\(name)", swiftSettings: strict)
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
    .target(name: "CVips", path: "Sources/Libraries/CVips"),
]

let capabilities: [Target] = [
    capability("Concurrency", uses: ["CLinux"]),
    capability("Cryptography", uses: ["CCrypto"]),
    capability("Settings"),
    capability("Observability", uses: ["Concurrency"]),
    capability("Identity", uses: ["Cryptography"]),
    capability("Database", uses: ["Concurrency"]),
    capability("Storage", uses: ["Concurrency", "Cryptography"]),
    capability("Imaging", uses: ["Concurrency", "CVips"]),
    capability("Generation", uses: ["Concurrency", "Imaging"]),
    capability("Workflows", uses: ["Concurrency", "Database", "Observability"]),
    capability("Web", uses: ["Concurrency", "Cryptography", "Identity", "Observability", "CJansson"]),
    capability("StudioInterface", uses: ["Cryptography", "Database", "Web", "Workflows"]),
]

let adapters: [Target] = [
    adapter("DatabaseSQLite", uses: ["Concurrency", "Database", "Observability", "CSQLite"]),
    adapter("WorkflowsSQL", uses: ["Concurrency", "Database", "Observability", "Workflows"]),
    adapter("StorageFile", uses: ["Concurrency", "Cryptography", "Storage", "CLinux"]),
    adapter("ProviderProcedural", uses: ["Concurrency", "Generation", "Imaging"]),
    adapter("WebMicrohttpd", uses: ["Concurrency", "Observability", "Web", "CMicrohttpd", "CLinux"]),
]

let studios: [Target] = [
    studio(
        "Campaigns",
        uses: [
            "Concurrency", "Cryptography", "Database", "Generation", "Identity", "Imaging", "Observability", "Settings",
            "Storage", "StudioInterface", "Web", "Workflows",
        ])
]

let program: [Target] = [
    .target(
        name: "Operations",
        dependencies: ["Concurrency", "Database", "Observability", "Storage", "StudioInterface", "Web", "Workflows"],
        path: "Sources/Operations", swiftSettings: strict),
    .executableTarget(
        name: "atelier",
        dependencies: [
            "Campaigns", "Concurrency", "Cryptography", "Database", "DatabaseSQLite", "Generation", "Identity", "Imaging",
            "Observability", "Operations", "ProviderProcedural", "Settings", "Storage", "StorageFile",
            "StudioInterface", "Web", "WebMicrohttpd", "Workflows", "WorkflowsSQL",
        ],
        path: "Sources/atelier", swiftSettings: strict),
]

let testing: [Target] = [
    .target(
        name: "AtelierTesting", dependencies: ["Concurrency", "Database", "Workflows"],
        path: "Sources/Testing/AtelierTesting", swiftSettings: strict),
    tests("Concurrency", uses: ["Concurrency"]),
    tests("Cryptography", uses: ["Cryptography"]),
    tests("Settings", uses: ["Settings"]),
    tests("Observability", uses: ["Concurrency", "Observability"]),
    tests("Identity", uses: ["Cryptography", "Identity"]),
    tests("DatabaseSQLite", uses: ["Concurrency", "Database", "DatabaseSQLite", "Observability"]),
    tests("StorageFile", uses: ["Concurrency", "Cryptography", "Storage", "StorageFile"]),
    tests("Imaging", uses: ["Concurrency", "Imaging"]),
    tests("Generation", uses: ["Generation", "Imaging", "ProviderProcedural"]),
    tests(
        "Workflows",
        uses: ["Concurrency", "Database", "DatabaseSQLite", "Observability", "Workflows", "WorkflowsSQL"]),
    tests("Web", uses: ["Concurrency", "Cryptography", "Identity", "Observability", "Web"]),
    tests("WebMicrohttpd", uses: ["Concurrency", "Web", "WebMicrohttpd"]),
    tests(
        "Campaigns",
        uses: [
            "Campaigns", "Concurrency", "Database", "DatabaseSQLite", "Generation", "Imaging", "Storage", "StorageFile",
            "StudioInterface", "Web", "Workflows",
        ]),
    tests("Scenarios", uses: []),
]

let package = Package(
    name: "atelier",
    products: [.executable(name: "atelier", targets: ["atelier"])],
    targets: libraries + capabilities + adapters + studios + program + testing,
    swiftLanguageModes: [.v6]
)
