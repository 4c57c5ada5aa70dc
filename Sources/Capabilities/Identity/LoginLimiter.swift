private import Concurrency
public import FoundationEssentials

/// Slows down whoever guesses passwords: a few wrong ones at once, then one now and then, for each address.
///
/// - SeeAlso: OWASP ASVS 6.3.1.
public final class LoginLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filledAt: Date
    }
    private let burst: Double
    private let secondsAToken: Double
    private let addressLimit: Int
    private let buckets = Locked<[String: Bucket]>([:])

    /// - Parameters:
    ///   - burst: Wrong passwords at once.
    ///   - secondsAToken: How long until one more may be tried.
    ///   - addressLimit: Addresses that are remembered.
    public init(burst: Int = 10, secondsAToken: Double = 30, addressLimit: Int = 10_000) {
        self.burst = Double(burst)
        self.secondsAToken = secondsAToken
        self.addressLimit = addressLimit
    }

    /// Counts an attempt from `address`; one that succeeds is given back with ``succeeded(from:)``.
    /// - Returns: How long the caller must wait; nil when the attempt may be made.
    public func attempt(from address: String, at now: Date) -> Duration? {
        buckets.withLock { buckets in
            var bucket = buckets[address] ?? Bucket(tokens: burst, filledAt: now)
            let elapsed = max(0, now.timeIntervalSince(bucket.filledAt))
            bucket.tokens = min(burst, bucket.tokens + elapsed / secondsAToken)
            bucket.filledAt = now
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            makeRoom(in: &buckets, at: now)
            buckets[address] = bucket
            return isAllowed ? nil : .seconds((1 - bucket.tokens) * secondsAToken)
        }
    }

    /// Takes back what the attempt from `address` cost.
    public func succeeded(from address: String) {
        buckets.withLock { $0[address]?.tokens += 1 }
    }

    /// Forgets addresses whose bucket is full again; when there are none, all: a flood must not fill the memory.
    private func makeRoom(in buckets: inout [String: Bucket], at now: Date) {
        guard buckets.count >= addressLimit else { return }
        buckets = buckets.filter { now.timeIntervalSince($0.value.filledAt) < burst * secondsAToken }
        if buckets.count >= addressLimit { buckets = [:] }
    }
}
