import Concurrency

/// A number that closures on several threads change.
final class Tally: Sendable {
    private let number = Locked(0)
    var value: Int { number.withLock { $0 } }

    @discardableResult
    func increment() -> Int {
        number.withLock { number in
            number += 1
            return number
        }
    }

    func raise(to candidate: Int) { number.withLock { $0 = max($0, candidate) } }
}
