extension Sequence where Self: Sendable, Element: Sendable {
    /// Transforms the elements, at most `limit` at a time, and returns the results in the order of the elements.
    ///
    /// The transforms are children of the caller: the first failure cancels the rest and is thrown.
    public func concurrentMap<Output: Sendable>(
        atMost limit: Int, _ transform: @escaping @Sendable (Element) async throws -> Output
    ) async throws -> [Output] {
        precondition(limit > 0, "a limit below one would never start anything")
        return try await withThrowingTaskGroup(of: (Int, Output).self) { group in
            var results: [Int: Output] = [:]
            for (index, element) in self.enumerated() {
                if index >= limit, let (done, output) = try await group.next() { results[done] = output }
                group.addTask { (index, try await transform(element)) }
            }
            for try await (index, output) in group { results[index] = output }
            return results.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
