/// A route's path: `/campaigns/{id}`, or `/files/{key...}` where the last parameter takes the rest.
struct PathPattern: Sendable, Equatable {
    enum Segment: Sendable, Equatable {
        case literal(String)
        /// One segment, never empty.
        case parameter(String)
        /// One segment or more, joined by `/`.
        case tail(String)
    }

    let text: String
    let segments: [Segment]

    init(_ text: String) {
        precondition(text.hasPrefix("/"), "the path \(text) must begin with a slash")
        self.text = text
        segments = text.split(separator: "/").map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("...") ? .tail(String(name.dropLast(3))) : .parameter(String(name))
        }
        for case .tail in segments.dropLast() { preconditionFailure("only the end of \(text) may take the rest") }
        precondition(Set(parameterNames).count == parameterNames.count, "a parameter of \(text) occurs twice")
    }

    var parameterNames: [String] {
        segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .parameter(let name), .tail(let name): name
            }
        }
    }

    /// The parameters' values in a path that matches.
    func captures(in path: [String]) -> [(name: String, value: String)] {
        segments.indices.compactMap { index in
            switch segments[index] {
            case .literal: nil
            case .parameter(let name): (name, path[index])
            case .tail(let name): (name, path[index...].joined(separator: "/"))
            }
        }
    }

    /// The path as OpenAPI writes it, which knows no parameter that takes the rest.
    var openAPIText: String {
        guard case .tail(let name)? = segments.last else { return text }
        return String(text.dropLast(name.utf8.count + 5)) + "{\(name)}"
    }
}
