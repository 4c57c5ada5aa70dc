extension ShutdownSignal {
    /// Runs `body` now and after every `interval` until the program is to end.
    ///
    /// A failure of `body` is handed to `onFailure` and is not the end: the next turn comes.
    public func every(
        _ interval: Duration, on clock: any WallClock, _ body: @escaping @Sendable () async throws -> Void,
        onFailure: @escaping @Sendable (any Error) -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    do { try await body() } catch { onFailure(error) }
                    do { try await clock.sleep(for: interval) } catch { return }
                }
            }
            await self.wait()
            group.cancelAll()
        }
    }
}
