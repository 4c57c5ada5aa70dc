/// How a picture came to be, as it is written into and read from its file.
public struct Provenance: Hashable, Codable, Sendable {
    /// The kind of source, by the International Press Telecommunications Council's words.
    ///
    /// - SeeAlso: IPTC NewsCodes "Digital Source Type", http://cv.iptc.org/newscodes/digitalsourcetype/
    public enum SourceType: String, Codable, Sendable, CaseIterable {
        /// Made by a trained model.
        case trainedAlgorithmicMedia
        /// Made by a program that was not trained on anything.
        case algorithmicMedia
        /// A composition in which a part is made by a trained model.
        case compositeWithTrainedAlgorithmicMedia
    }

    /// The kind of source.
    public var sourceType: SourceType
    /// The program that made it, such as "Atelier procedural generator"; at most 200 characters are written.
    public var creatorTool: String?

    /// Creates a mark.
    public init(sourceType: SourceType, creatorTool: String? = nil) {
        self.sourceType = sourceType
        self.creatorTool = creatorTool
    }
}
