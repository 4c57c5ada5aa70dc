import AtelierTesting
import Concurrency
import Foundation
import Testing
import Web
import Workflows
import WorkflowsSQL

@Suite(.timeLimit(.minutes(1))) struct `Jobs over HTTP` {
    @Test func `a failed job is explained, retried from where it failed, and followed to its end`() async throws {
        try await withOffice { office in
            let tool = Tool()
            let token = try await office.logIn()
            try await office.working(.chores(tool)) {
                try await office.engine.start(
                    DoChore.self, id: "chore-1", input: "x", options: StartOptions(owner: "ada"))
                _ = try await office.engine.waitForClose(of: "chore-1")
                let explanation = try await office.send("GET", "/admin/jobs/chore-1/explain", token: token).object
                #expect(explanation["code"] as? String == "failed")
                #expect(
                    explanation["sentence"] as? String
                        == "Failed at Chore after 1 attempt: The tool is broken; "
                        + "retry it with atelier jobs retry chore-1.")
                let shown = try await office.send("GET", "/admin/jobs/chore-1", token: token).object
                #expect(shown["status"] as? String == "failed" && shown["owner"] as? String == "ada")

                tool.mend()
                let retried = await office.send("POST", "/admin/jobs/chore-1/retry", token: token)
                #expect(retried.status == 200)
                #expect(try retried.object["result"] as? String == "It goes on; 0 finished steps are kept.")
                let events = await office.send("GET", "/admin/jobs/chore-1/events", token: token)
                guard case .stream(let produce) = events.body else { throw NotAStream() }
                let writer = KeptWriter()
                try await produce(writer)
                let last = try #require(writer.lines.last)
                #expect(last.hasPrefix("data: {") && last.contains(#""status":"completed""#))

                let again = await office.send("POST", "/admin/jobs/chore-1/retry", token: token)
                #expect(again.status == 409)
                #expect(try again.object["detail"] as? String == "It completed; there is nothing to retry.")
                let timeline = try await office.send(
                    "GET", "/admin/jobs/chore-1/timeline?limit=4", token: token
                ).object
                #expect((timeline["items"] as? [Any])?.count == 4 && timeline["next_cursor"] is String)
            }
        }
    }
    private struct NotAStream: Error {}

    @Test func `pausing, resuming, cancelling and releasing say what is true now`() async throws {
        try await withOffice { office in
            let token = try await office.logIn()
            try await office.engine.start(DoChore.self, id: "chore", input: "x")
            let steps = [
                ("pause?reason=lunch", 200), ("pause", 409), ("resume", 200), ("resume", 409), ("release", 409),
                ("cancel?reason=enough", 200), ("retry", 409),
            ]
            for (step, status) in steps {
                let response = await office.send("POST", "/admin/jobs/chore/\(step)", token: token)
                #expect(response.status == status, "\(step)")
                if step.hasPrefix("pause?") {
                    let pause = try await office.send("GET", "/admin/jobs/chore", token: token).object["pause"]
                    #expect((pause as? [String: Any])?["by"] as? String == "admin")
                    #expect((pause as? [String: Any])?["reason"] as? String == "lunch")
                }
            }
        }
    }

    @Test func `many at once are changed by filter, counted first if asked, and never all by accident`() async throws {
        try await withOffice { office in
            let token = try await office.logIn()
            for number in 1...5 {
                let options = StartOptions(owner: number < 3 ? "ada" : "bob")
                _ = try await office.engine.start(
                    DoChore.self, id: WorkflowID(recorded: "chore-\(number)"), input: "x", options: options)
            }
            func bulk(_ json: String) async -> HTTPResponse {
                await office.send("POST", "/admin/jobs/bulk", json: json, token: token)
            }
            let dry = try await bulk(#"{"action":"pause","filter":{"owner":"ada"},"dry_run":true}"#).object
            #expect(dry["matched"] as? Int == 2 && dry["dry_run"] as? Bool == true)
            let paused = try await bulk(#"{"action":"pause","filter":{"owner":"ada"}}"#).object
            #expect(paused["changed"] as? Int == 2)
            let rest = try await bulk(#"{"action":"pause","filter":{},"all":true,"limit":4}"#).object
            #expect(rest["changed"] as? Int == 3 && rest["refused"] as? Int == 1 && rest["next_cursor"] is String)
            for bad in [
                #"{"action":"pause","filter":{}}"#, #"{"action":"explode","filter":{"owner":"ada"}}"#,
                #"{"action":"pause","filter":{"color":"red"}}"#, #"{"action":"pause","filter":{"owner":""}}"#,
                #"{"action":"pause","filter":{"started_after":"soon"}}"#,
            ] {
                #expect(await bulk(bad).status == 422, "\(bad)")
            }
            let listed = try await office.send("GET", "/admin/jobs?owner=bob&limit=2", token: token).object
            #expect((listed["items"] as? [[String: Any]])?.map { $0["id"] as? String } == ["chore-5", "chore-4"])
            let future = try await office.send(
                "GET", "/admin/jobs?started_after=2999-01-01T00:00:00%2B02:00", token: token
            ).object
            #expect((future["items"] as? [Any])?.isEmpty == true)
        }
    }

    @Test(arguments: [
        "%20", "%00", "a%00b", "..%2F..%2Fetc%2Fpasswd", "a%20b", "caf%C3%A9", "%25", "a%2Fb",
        String(repeating: "a", count: 201), String(repeating: "a", count: 10_240),
    ])
    func `an id that cannot name a job is refused, and one of no job is not found`(id: String) async throws {
        try await withOffice { office in
            let token = try await office.logIn()
            let paths = [
                ("GET", ""), ("GET", "/timeline"), ("GET", "/explain"), ("GET", "/events"), ("POST", "/retry"),
                ("POST", "/cancel"), ("POST", "/pause"), ("POST", "/resume"), ("POST", "/release"),
            ]
            for (method, path) in paths {
                let refused = await office.send(method, "/admin/jobs/\(id)\(path)", token: token)
                #expect([400, 414, 422].contains(refused.status), "\(method) \(path)")
                let unknown = await office.send(method, "/admin/jobs/nobody\(path)", token: token)
                #expect(unknown.status == 404, "\(method) \(path)")
            }
        }
    }
}

@Suite struct `The administration` {
    @Test func `lets nobody in without a good token, and tells nobody why`() async throws {
        try await withOffice { office in
            let token = try await office.logIn()
            let bad: [String?] = [
                nil, "Bearer ", "Bearer", "Bearer x.y.z", "Basic YWRtaW46eA==", token, "Bearer \(token)x",
                "Bearer  \(token)",
            ]
            for authorization in bad {
                for (method, path) in [
                    ("GET", "/admin/jobs"), ("GET", "/admin/jobs/x"), ("POST", "/admin/jobs/x/retry"),
                ] {
                    let response = await office.send(method, path, authorization: authorization)
                    #expect(response.status == 401, "\(authorization ?? "nothing")")
                    #expect(response.headers["WWW-Authenticate"] == #"Bearer realm="atelier""#)
                }
            }
            #expect(await office.send("GET", "/admin/jobs", authorization: "bearer \(token)").status == 200)
        }
    }

    @Test func `refuses wrong passwords alike, and makes whoever guesses wait`() async throws {
        let clock = ManualClock()
        try await withOffice(clock: clock) { office in
            var bodies: Set<String> = []
            for attempt in 1...10 {
                let name = attempt.isMultiple(of: 2) ? "admin" : "nobody"
                let response = await office.send(
                    "POST", "/admin/login", json: #"{"username":"\#(name)","password":"guess \#(attempt)"}"#)
                #expect(response.status == 401)
                bodies.insert(String(decoding: response.bytes, as: UTF8.self))
            }
            #expect(bodies.count == 1)
            let right = #"{"username":"admin","password":"\#(Office.password)"}"#
            let late = await office.send("POST", "/admin/login", json: right)
            #expect(late.status == 429 && late.headers["Retry-After"] == "30")
            clock.advance(by: .seconds(30))
            let response = await office.send("POST", "/admin/login", json: right)
            #expect(response.status == 200 && response.headers["Cache-Control"] == "no-store")
            let answer = try response.object
            #expect(answer["token_type"] as? String == "bearer" && answer["expires_in"] as? Int == 3600)
            clock.advance(by: .seconds(3600))
            let token = try #require(answer["access_token"] as? String)
            #expect(await office.send("GET", "/admin/jobs", token: token).status == 401)
        }
    }
}
