/// Words from process to process through the database they share.
///
/// A notice is a hint to look, never data: it may come late, twice or not at all, so whoever listens also looks from
/// time to time.
extension SQLConnection {
    /// Sends `word` on `channel` with this transaction's commit; where the database carries no words, nothing.
    /// - Parameters:
    ///   - channel: A name of ours: letters and underscores.
    ///   - word: Up to 7,000 bytes.
    public func notify(_ channel: String, _ word: String) throws {
        guard dialect == .postgresql else { return }
        _ = try query("SELECT pg_notify(\(channel), \(word)) AS sent")
    }
}
