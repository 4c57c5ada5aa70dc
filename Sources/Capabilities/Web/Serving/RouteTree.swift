/// Routes by path, segment by segment; a literal wins over a parameter, a parameter over one that takes the rest.
struct RouteTree: Sendable {
    private struct Node {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var tail: Int?
        var routes: [String: Int] = [:]
    }
    private var nodes = [Node()]

    /// Adds the route with that index.
    mutating func insert(_ index: Int, method: HTTPMethod, pattern: PathPattern) {
        var node = 0
        for segment in pattern.segments { node = child(of: node, for: segment) }
        let known = nodes[node].routes.updateValue(index, forKey: method.rawValue)
        precondition(known == nil, "there are two routes \(method.rawValue) \(pattern.text)")
    }

    private mutating func child(of node: Int, for segment: PathPattern.Segment) -> Int {
        let known: Int? =
            switch segment {
            case .literal(let text): nodes[node].literals[text]
            case .parameter: nodes[node].parameter
            case .tail: nodes[node].tail
            }
        if let known { return known }
        nodes.append(Node())
        let made = nodes.count - 1
        switch segment {
        case .literal(let text): nodes[node].literals[text] = made
        case .parameter: nodes[node].parameter = made
        case .tail: nodes[node].tail = made
        }
        return made
    }

    /// The best route for a path and a method; the methods the path takes when it is not among them.
    func find(_ path: [String], method: String) -> Found {
        var candidates: [Int] = []
        collect(from: 0, path[...], into: &candidates)
        for node in candidates {
            if let route = nodes[node].routes[method] { return .route(route) }
            if method == "HEAD", let route = nodes[node].routes["GET"] { return .route(route) }
        }
        guard !candidates.isEmpty else { return .nothing }
        var methods = Set(candidates.flatMap { nodes[$0].routes.keys })
        if methods.contains("GET") { methods.insert("HEAD") }
        return .otherMethods(methods.union(["OPTIONS"]).sorted())
    }

    enum Found: Equatable {
        case route(Int)
        case otherMethods([String])
        case nothing
    }

    private func collect(from node: Int, _ path: ArraySlice<String>, into candidates: inout [Int]) {
        guard let segment = path.first else {
            if !nodes[node].routes.isEmpty { candidates.append(node) }
            return
        }
        if let next = nodes[node].literals[segment] { collect(from: next, path.dropFirst(), into: &candidates) }
        if !segment.isEmpty, let next = nodes[node].parameter {
            collect(from: next, path.dropFirst(), into: &candidates)
        }
        // A slash that was encoded would become a separator when the rest is joined.
        if let next = nodes[node].tail, path.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: "/")) }) {
            candidates.append(next)
        }
    }
}
