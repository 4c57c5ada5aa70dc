import Concurrency
import Database
import FoundationEssentials
import HTTPClient
import Web
import Workflows

// What operators do with receivers.
extension Webhooks {
    /// More would make the end of every job dear.
    static let maximumEndpoints = 100

    /// Registers a receiver.
    /// - Throws: ``ValidationError`` for a URL that must not be reached.
    @discardableResult
    public func add(
        url: String, events: Set<WebhookEvent> = [], owner: String? = nil, secret: WebhookSecret = .random()
    ) async throws -> WebhookEndpoint {
        let endpoint = WebhookEndpoint(
            url: try checked(url), events: events, owner: owner, secret: secret, createdAt: clock.now)
        try await database.write { [store] connection in
            guard try store.count(in: connection) < Self.maximumEndpoints else {
                throw HTTPError.conflict("There are \(Self.maximumEndpoints) webhooks; remove one first")
            }
            try store.insert(endpoint, in: connection)
        }
        return endpoint
    }

    /// One page of receivers.
    public func endpoints(after id: String? = nil, limit: Int = 200) async throws -> [WebhookEndpoint] {
        try await database.read { [store] in try store.endpoints(after: id, limit: limit, in: $0) }
    }

    /// A receiver.
    /// - Throws: 404.
    public func endpoint(_ id: String) async throws -> WebhookEndpoint {
        try await database.read { [store] in try store.endpoint(id, in: $0) }.orNotFound()
    }

    /// Changes a receiver; one that is enabled again starts with a clean record.
    func change(_ id: String, _ change: WebhookChange) async throws -> WebhookEndpoint {
        let url = try change.url.map { try checked($0) }
        return try await database.write { [store] connection in
            var endpoint = try store.endpoint(id, in: connection).orNotFound()
            endpoint.url = url ?? endpoint.url
            endpoint.events = change.events ?? endpoint.events
            if let owner = change.owner { endpoint.owner = owner.isEmpty ? nil : owner }
            if let isEnabled = change.isEnabled, isEnabled != endpoint.isEnabled {
                endpoint.isEnabled = isEnabled
                endpoint.disabledReason = isEnabled ? nil : "It was switched off."
                endpoint.failingSince = nil
            }
            try store.update(endpoint, in: connection)
            return endpoint
        }
    }

    /// Removes a receiver and what was sent to it; messages on their way are not sent again.
    /// - Throws: 404.
    public func remove(_ id: String) async throws {
        guard try await database.write({ [store] in try store.remove(id, in: $0) }) else { throw HTTPError.notFound() }
    }

    /// Gives a receiver a new secret; for a day messages are signed with the old one too.
    /// - Throws: 404.
    public func rotate(_ id: String) async throws -> WebhookEndpoint {
        let secret = WebhookSecret.random()
        let until = clock.now.addingTimeInterval(WebhookEndpoint.rotationGrace.seconds)
        return try await database.write { [store] connection in
            var endpoint = try store.endpoint(id, in: connection).orNotFound()
            endpoint.previous = (endpoint.secret, until)
            endpoint.secret = secret
            try store.update(endpoint, in: connection)
            return endpoint
        }
    }

    /// Sends a receiver a message of the type `webhook.test`.
    /// - Throws: 404; 409 when nothing is sent to it.
    public func test(_ id: String) async throws -> WebhookDelivery {
        let now = clock.now
        return try await engine.write { connection in
            let endpoint = try store.endpoint(id, in: connection).orNotFound()
            try endpoint.mustBeEnabled()
            let delivery = WebhookDelivery(
                to: id, event: .test, body: try WebhookTestBody(time: now).encoded(), jobID: nil, createdAt: now)
            try begin(delivery, in: connection)
            return delivery
        }
    }

    /// One page of what was sent to a receiver, the newest first.
    /// - Throws: 404.
    func deliveries(
        to id: String, before position: DeliveryPosition?, limit: Int
    ) async throws -> [(WebhookDelivery, [WebhookAttempt])] {
        try await database.read { [store] connection in
            _ = try store.endpoint(id, in: connection).orNotFound()
            return try store.deliveries(to: id, before: position, limit: limit, in: connection)
        }
    }

    /// Sends a message again, under its old id.
    /// - Throws: 404; 409 while it is still tried.
    func redeliver(_ deliveryID: String, to id: String) async throws -> WebhookDelivery {
        try await engine.write { connection in
            try store.endpoint(id, in: connection).orNotFound().mustBeEnabled()
            var delivery = try store.delivery(deliveryID, in: connection).orNotFound()
            guard delivery.endpointID == id else { throw HTTPError.notFound() }
            guard delivery.status != .pending else { throw HTTPError.conflict("The message is still being tried") }
            try store.redeliver(delivery, in: connection)
            delivery.round += 1
            delivery.status = .pending
            try deliver(delivery, in: connection)
            return delivery
        }
    }

    private func checked(_ text: String) throws -> String {
        do throws(OutboundRefusal) {
            let url = try OutboundURL(text)
            try client.egress.check(url, trust: .guarded)
            return "\(url)"
        } catch {
            throw ValidationError(at: ["body", "url"], error.message, type: "url")
        }
    }
}

/// What is to be changed of a receiver; nil for what stays.
struct WebhookChange: Sendable {
    var url: String?
    var events: Set<WebhookEvent>?
    /// Empty for everybody's jobs.
    var owner: String?
    var isEnabled: Bool?
}

extension WebhookEndpoint {
    fileprivate func mustBeEnabled() throws {
        if !isEnabled { throw HTTPError.conflict("The webhook is disabled; enable it first") }
    }
}

extension Optional {
    fileprivate func orNotFound() throws -> Wrapped {
        guard let self else { throw HTTPError.notFound() }
        return self
    }
}

/// The body of a test message.
private struct WebhookTestBody: Encodable {
    let type = WebhookEvent.test.rawValue
    let timestamp: String
    let data = ["message": "This is a test."]

    init(time: Date) { timestamp = time.iso8601 }

    func encoded() throws -> [UInt8] { try Payload(encoding: self).bytes }
}
