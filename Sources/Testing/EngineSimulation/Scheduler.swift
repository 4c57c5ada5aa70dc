import Glibc

/// Runs every task of the program on the thread that calls ``runOne(_:)``, one job at a time, in an order drawn by lot.
///
/// The Swift runtime asks a hook where a job is to run that has no executor of its own: every task and every default
/// actor. While a job runs, nothing else does, so the order in which jobs are picked is all there is to a schedule.
///
/// - SeeAlso: `swift_task_enqueueGlobal_hook` in the Swift runtime's `include/swift/Runtime/Concurrency.h`.
enum Scheduler {
    private typealias Hook = @convention(c) (_ job: UnsafeRawPointer, _ original: UnsafeRawPointer) -> Void

    // Reached by one thread: the program starts no other, and nothing of the engine does.
    private nonisolated(unsafe) static var ready: [UnownedJob] = []

    /// How many jobs wait.
    static var count: Int { ready.count }

    /// Takes every job that is released from now on; at most once in a program.
    static func takeOver() {
        install("swift_task_enqueueGlobal_hook") { job, _ in
            Scheduler.ready.append(unsafeBitCast(job, to: UnownedJob.self))
        }
        ready.reserveCapacity(64)
    }

    /// Runs one of the waiting jobs until it ends or waits; false when there is none.
    static func runOne(_ chance: inout Chance) -> Bool {
        guard !ready.isEmpty else { return false }
        let index = ready.count == 1 ? 0 : chance.below(ready.count)
        // The order of what is left does not matter: the next is drawn by lot as well.
        ready.swapAt(index, ready.count - 1)
        ready.removeLast().runSynchronously(on: generic)
        return true
    }

    /// Forgets what waits, after a simulation that failed in the middle.
    static func clear() { ready.removeAll(keepingCapacity: true) }

    /// No executor in particular, as the runtime's own threads say it: two null words.
    private static var generic: UnownedSerialExecutor { unsafeBitCast((0, 0), to: UnownedSerialExecutor.self) }

    private static func install(_ name: String, _ hook: @escaping Hook) {
        guard let symbol = dlsym(nil, name) else { preconditionFailure("this Swift runtime has no \(name)") }
        symbol.assumingMemoryBound(to: Hook?.self).pointee = hook
    }
}
