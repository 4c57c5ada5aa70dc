import AtelierTesting
import Concurrency
import Database
import Foundation
import Observability
import Testing
import Web
import Workflows
import WorkflowsSQL

@testable import Webhooks

@Suite(.timeLimit(.minutes(1))) struct `Webhooks over HTTP` {
    @Test func `a secret is shown when it is made, and never again`() async throws {
        try await WebhookBed.with { bed in
            let made = try await bed.call("POST", "/admin/webhooks", #"{"url":"http://127.0.0.1:9/hook"}"#)
            let id = try #require(made.json["id"] as? String)
            let secret = try #require(made.json["secret"] as? String)
            let rotated = try await bed.call("POST", "/admin/webhooks/\(id)/rotate")
            let newSecret = try #require(rotated.json["secret"] as? String)
            let shown = try await bed.call("GET", "/admin/webhooks/\(id)")
            let listed = try await bed.call("GET", "/admin/webhooks")
            let changed = try await bed.call("PATCH", "/admin/webhooks/\(id)", #"{"events":["job.failed"]}"#)

            #expect(made.status == 201)
            #expect(secret.hasPrefix("whsec_"))
            #expect(newSecret != secret)
            for answer in [shown, listed, changed] {
                #expect(answer.status == 200)
                #expect(!answer.text.contains("whsec_") && !answer.text.contains("secret"))
            }
            #expect(changed.json["events"] as? [String] == ["job.failed"])
        }
    }

    @Test(arguments: [
        "http://127.0.0.1/", "http://localhost:8001/", "http://10.0.0.1/", "http://169.254.169.254/", "http://[::1]/",
        "http://0x7f.1/", "http://user:password@example.com/", "file:///etc/passwd", "gopher://example.com/",
        "http://example.com:22/", "not a url", "http://printer.local/",
    ])
    func `a URL that must not be reached is refused with its reason`(url: String) async throws {
        try await WebhookBed.with(allowing: []) { bed in
            let answer = try await bed.call("POST", "/admin/webhooks", #"{"url":"\#(url)"}"#)
            let made = try await bed.call("POST", "/admin/webhooks", #"{"url":"https://example.com/hook"}"#)
            let id = try #require(made.json["id"] as? String)
            let changed = try await bed.call("PATCH", "/admin/webhooks/\(id)", #"{"url":"\#(url)"}"#)

            #expect(answer.status == 422)
            #expect(answer.text.contains(#""loc":["body","url"]"#))
            #expect(changed.status == 422)
        }
    }

    @Test(arguments: [
        "{}", #"{"url":1}"#, #"{"url":"https://a.example/","events":["job.exploded"]}"#,
        #"{"url":"https://a.example/","secret":"whsec_AAAA"}"#, #"{"url":"https://a.example/","sekret":"x"}"#,
    ])
    func `a body that is wrong is refused`(body: String) async throws {
        try await WebhookBed.with { bed in
            let answer = try await bed.call("POST", "/admin/webhooks", body)

            #expect(answer.status == 422)
        }
    }

    @Test(arguments: [
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/rotate"), ("GET", "/deliveries"),
        ("POST", "/deliveries/msg_x/redeliver"),
    ])
    func `a webhook that is not there is not found`(method: String, rest: String) async throws {
        try await WebhookBed.with { bed in
            let answer = try await bed.call(method, "/admin/webhooks/ep_none\(rest)", method == "PATCH" ? "{}" : nil)

            #expect(answer.status == 404)
        }
    }

    @Test func `a test message arrives, and its try is on record`() async throws {
        try await WebhookBed.with { bed in
            let receiver = try Receiver()
            let made = try await bed.call("POST", "/admin/webhooks", #"{"url":"\#(receiver.url)"}"#)
            let id = try #require(made.json["id"] as? String)
            try await bed.withWorker {
                let asked = try await bed.call("POST", "/admin/webhooks/\(id)/test")
                let message = await receiver.messages(1)[0]
                try await bed.settleDeliveries()
                let listed = try await bed.call("GET", "/admin/webhooks/\(id)/deliveries")

                #expect(asked.status == 202)
                #expect(asked.json["id"] as? String == message.id)
                #expect(message.text.contains(#""type":"webhook.test""#))
                #expect(listed.text.contains(#""status":"delivered""#))
                #expect(listed.text.contains(#""status":204"#))
            }
        }
    }

    @Test func `a message is sent again under its id when somebody asks`() async throws {
        try await WebhookBed.with { bed in
            let receiver = try Receiver()
            let endpoint = try await bed.webhooks.add(url: receiver.url)
            try await bed.withWorker {
                try await bed.run("job-1")
                let id = await receiver.messages(1)[0].id
                try await bed.settleDeliveries()
                let path = "/admin/webhooks/\(endpoint.id)/deliveries/\(id)/redeliver"
                let again = try await bed.call("POST", path)
                let messages = await receiver.messages(2)
                try await bed.settleDeliveries()

                #expect(again.status == 202)
                #expect(messages.map(\.id) == [id, id])
                #expect(messages[0].body == messages[1].body)
                #expect(try await bed.deliveries(to: endpoint).first?.1.count == 2)
            }
        }
    }

    @Test func `for a day after a rotation both secrets are good`() async throws {
        let clock = ManualClock()
        try await WebhookBed.with(clock: clock) { bed in
            let receiver = try Receiver()
            let old = try await bed.webhooks.add(url: receiver.url)
            let new = try await bed.webhooks.rotate(old.id)
            try await bed.withWorker {
                try await bed.run("job-1")
                let first = await receiver.messages(1)[0]
                clock.advance(by: .seconds(24 * 3600))
                try await bed.run("job-2")
                let second = await receiver.messages(2)[1]

                #expect(
                    first.signatures
                        == [new, old].map {
                            $0.secret.signature(id: first.id, timestamp: first.timestamp, body: first.body)
                        })
                #expect(second.signatures.count == 1)
            }
        }
    }

    @Test func `one that is switched off hears nothing until it is switched on`() async throws {
        try await WebhookBed.with { bed in
            let receiver = try Receiver()
            let endpoint = try await bed.webhooks.add(url: receiver.url)
            let path = "/admin/webhooks/\(endpoint.id)"
            try await bed.withWorker {
                let off = try await bed.call("PATCH", path, #"{"enabled":false}"#)
                let refused = try await bed.call("POST", path + "/test")
                try await bed.run("job-1")
                _ = try await bed.engine.waitForClose(of: "job-1")
                let on = try await bed.call("PATCH", path, #"{"enabled":true}"#)
                try await bed.run("job-2")
                let messages = await receiver.messages(1)
                try await bed.settleDeliveries()

                #expect(off.json["enabled"] as? Bool == false)
                #expect(off.json["disabled_reason"] as? String == "It was switched off.")
                #expect(refused.status == 409)
                #expect(on.json["disabled_reason"] is NSNull)
                #expect(messages.count == 1)
                #expect(messages[0].text.contains("job-2"))
            }
        }
    }

    @Test func `lists have pages`() async throws {
        try await WebhookBed.with { bed in
            for number in 1...5 { try await bed.webhooks.add(url: "https://example.com/\(number)") }
            var (seen, cursor) = ([String](), "")
            repeat {
                let page = try await bed.call("GET", "/admin/webhooks?limit=2" + cursor)
                let items = page.json["items"] as? [[String: Any]] ?? []
                seen += items.compactMap { $0["id"] as? String }
                cursor = (page.json["next_cursor"] as? String).map { "&cursor=" + $0 } ?? ""
            } while !cursor.isEmpty

            #expect(seen.count == 5)
            #expect(Set(seen).count == 5)
        }
    }

    @Test(arguments: TestDatabase.available)
    func `what was sent long ago is forgotten, what is still tried is not`(kind: TestDatabase) async throws {
        try await WebhookBed.with(on: kind) { bed in
            let endpoint = try await bed.webhooks.add(url: "https://example.com/")
            let now = Date()
            try await bed.database.write { connection in
                for (index, status) in [WebhookDelivery.Status.delivered, .failed, .pending, .delivered].enumerated() {
                    var delivery = WebhookDelivery(
                        to: endpoint.id, event: .completed, body: [], jobID: nil,
                        createdAt: now.addingTimeInterval(index == 3 ? 0 : -1000))
                    delivery.status = status
                    try bed.webhooks.store.insert(delivery, in: connection)
                }
            }
            let count = try await bed.database.write { connection in
                try bed.webhooks.store.forget(before: now.addingTimeInterval(-500), limit: 10, in: connection)
            }

            #expect(count == 2)
            #expect(try await bed.deliveries(to: endpoint).map(\.0.status) == [.delivered, .pending])
        }
    }
}

struct CalledAnswer {
    let status: Int
    let text: String
    var json: [String: Any] {
        ((try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]) ?? [:]
    }
}

extension WebhookBed {
    /// Calls a route without a network.
    func call(_ method: String, _ target: String, _ json: String? = nil) async throws -> CalledAnswer {
        var router = Router()
        webhooks.register(routes: &router, access: .open)
        let handler = router.handler(
            WebConfiguration(
                title: "Test", version: "1", summary: "A test", publicURL: "http://localhost", cors: .sameOrigin),
            logger: .silent, metrics: Metrics())
        let response = await handler(
            HTTPRequest(
                method: method, target: target, headers: json == nil ? [:] : ["Content-Type": "application/json"],
                body: Sent(json ?? ""), remoteAddress: "127.0.0.1"))
        guard case .bytes(let bytes) = response.body else { return CalledAnswer(status: response.status, text: "") }
        return CalledAnswer(status: response.status, text: String(decoding: bytes, as: UTF8.self))
    }
}

/// A body that is there at once.
private final class Sent: RequestBody {
    private let bytes: Locked<[UInt8]>
    let announcedLength: Int?

    init(_ text: String) {
        bytes = Locked(Array(text.utf8))
        announcedLength = text.utf8.count
    }

    func next() async throws(RequestBodyError) -> [UInt8]? {
        bytes.withLock { bytes in
            defer { bytes = [] }
            return bytes.isEmpty ? nil : bytes
        }
    }

    func multipart(limits: MultipartLimits, spoolingTo folder: String) async throws(RequestBodyError) -> [SpooledPart] {
        throw .unsupported("this body has no parts")
    }
}
