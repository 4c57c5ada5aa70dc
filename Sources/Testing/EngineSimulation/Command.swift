import DatabaseSQLite
import Glibc
import WorkflowsSQL

/// The command line: which seeds, on how many cores.
struct Command {
    private static let usage = """
        usage: EngineSimulation [--seeds COUNT] [--from SEED] [--jobs COUNT] [--plant FAULT] [--hashes]
               EngineSimulation --seed SEED [--plant FAULT]

          --seeds   how many seeds to run (1000)
          --from    the first of them (1)
          --jobs    how many processes share them (one for each core)
          --plant   puts a fault into the database: \(Plant.allCases.map(\.rawValue).joined(separator: ", "))
          --hashes  prints what each seed came to, for comparisons
          --seed    one seed, with every line of what happened

        """

    private var first: UInt64 = 1
    private var count: UInt64 = 1000
    private var processes = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    private var plant: Plant?
    private var printsHashes = false
    private var isOne = false
    private var fault: String?

    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            if name == "--hashes" {
                printsHashes = true
                continue
            }
            let value = rest.popFirst() ?? ""
            switch (name, UInt64(value)) {
            case ("--seeds", let number?): count = number
            case ("--from", let number?): first = number
            case ("--seed", let number?): (first, count, isOne) = (number, 1, true)
            case ("--jobs", let number?) where (1...256).contains(number): processes = Int(number)
            case ("--plant", _) where Plant(rawValue: value) != nil: plant = Plant(rawValue: value)
            default: fault = fault ?? "\(name) \(value) is not understood"
            }
        }
    }

    /// - Returns: The exit status: 0 when every seed holds, 1 when one does not, 2 when the command is wrong.
    func run() -> Int32 {
        if let fault {
            write("\(fault)\n\(Self.usage)")
            return 2
        }
        // Sets and dictionaries must come in the same order in every process, which only the environment can ask for.
        guard getenv("SWIFT_DETERMINISTIC_HASHING") != nil else { return share() }
        do { return try simulate() } catch {
            write("the simulation cannot begin: \(error)\n")
            return 2
        }
    }

    private func simulate() throws -> Int32 {
        let simulation = try Simulation()
        var (jobs, seconds, transactions) = (0, 0, 0)
        for seed in first..<(first + count) {
            var verdict = try simulation.run(seed: seed, plant: plant)
            if printsHashes { write("\(seed) \(String(verdict.hash, radix: 16))\n") }
            if isOne || !verdict.violations.isEmpty {
                verdict = try simulation.run(seed: seed, plant: plant, keepsWords: true)
                write(report(seed, verdict))
                return verdict.violations.isEmpty ? 0 : 1
            }
            (jobs, seconds) = (jobs + verdict.jobs, seconds + verdict.seconds)
            transactions += verdict.transactions
        }
        write(
            "seeds \(first) to \(first + count - 1) hold: \(transactions) transactions in \(seconds) simulated seconds\n"
        )
        return 0
    }

    private func report(_ seed: UInt64, _ verdict: Simulation.Verdict) -> String {
        var lines = isOne ? verdict.lines : verdict.lines.suffix(60)
        lines.append(
            "seed \(seed) \(verdict.violations.isEmpty ? "holds" : "FAILS"), trace \(String(verdict.hash, radix: 16))")
        lines += verdict.violations.prefix(20).map { "  \($0)" }
        let planted = plant.map { " --plant \($0.rawValue)" } ?? ""
        lines.append("repeat it with: swift run EngineSimulation --seed \(seed)\(planted)")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Runs the seeds in processes of their own.
    private func share() -> Int32 {
        setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
        let shares = min(UInt64(processes), max(1, count))
        var children: [pid_t] = []
        for index in 0..<shares {
            let (start, end) = (count * index / shares, count * (index + 1) / shares)
            var arguments =
                isOne ? ["--seed", String(first)] : ["--from", String(first + start), "--seeds", String(end - start)]
            if let plant { arguments += ["--plant", plant.rawValue] }
            if printsHashes { arguments.append("--hashes") }
            guard let child = ChildProcess.spawn(arguments) else {
                write("the system refused a process\n")
                return 2
            }
            children.append(child)
        }
        return children.map(ChildProcess.status(of:)).max() ?? 0
    }

    private func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
