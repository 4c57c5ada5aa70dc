/// Holds tasks until the test lets them through, in the order in which they came.
public actor Turnstile {
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var watchers: [(arrivals: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private var arrivals = 0
    private var isOpen = false

    /// Creates a closed turnstile.
    public init() {}

    /// Waits to be let through.
    public func pass() async {
        arrivals += 1
        let reached = watchers.filter { $0.arrivals <= arrivals }
        watchers.removeAll { $0.arrivals <= arrivals }
        for watcher in reached { watcher.continuation.resume() }
        if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }

    /// Waits until so many have come, ever.
    public func whenArrived(_ count: Int) async {
        if arrivals < count { await withCheckedContinuation { watchers.append((count, $0)) } }
    }

    /// Lets the one through that has waited longest, and waits until another has come.
    public func letOneFollow() async {
        let next = arrivals + 1
        letOne()
        await whenArrived(next)
    }

    /// Lets the one through that has waited longest.
    public func letOne() {
        precondition(!waiting.isEmpty, "nobody waits at the turnstile")
        waiting.removeFirst().resume()
    }

    /// Lets everybody through, now and later.
    public func open() {
        isOpen = true
        for one in waiting { one.resume() }
        waiting = []
    }
}
