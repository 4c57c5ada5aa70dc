import AtelierTesting
import Concurrency
import Foundation
import GRPCClient
import Testing

@Suite(.enabled(if: TemporalServer.sharedPort != nil), .timeLimit(.minutes(3)))
struct `A channel to Temporal` {
    private static let service = "/temporal.api.workflowservice.v1.WorkflowService/"

    private func channel() throws -> GRPCChannel { try .local(try #require(TemporalServer.sharedPort)) }

    @Test func `bears thousands of calls at once, beside hundreds of long ones, on one connection`() async throws {
        let proxy = ServerProxy(to: try #require(TemporalServer.sharedPort))
        defer { proxy.stop() }
        let channel = try GRPCChannel.local(proxy.port)
        let poll = Poll(queue: "nobody-\(UUID())").protoBytes

        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask { _ = try await channel.call(Poll.method, poll, timeout: .seconds(60)) }
            }
            try await withThrowingTaskGroup(of: Void.self) { calls in
                for _ in 0..<5000 { calls.addTask { try await channel.ask(timeout: .seconds(60)) } }
                try await calls.waitForAll()
            }
            group.cancelAll()
        }

        #expect(proxy.acceptedCount == 1)
        await channel.close()
    }

    @Test func `carries requests and answers of megabytes`() async throws {
        let channel = try channel()
        let id = "large-\(UUID())"
        let data = [UInt8](repeating: 7, count: 1_900_000)
        let start = Start(id: id, data: data)

        _ = try await channel.call(Self.service + "StartWorkflowExecution", start.protoBytes, timeout: .seconds(30))
        let history = try await channel.call(
            Self.service + "GetWorkflowExecutionHistory", Execution(id: id).protoBytes, timeout: .seconds(30))
        _ = try await channel.call(
            Self.service + "TerminateWorkflowExecution", Execution(id: id).protoBytes, timeout: .seconds(30))

        #expect(history.count > data.count)
        #expect(history.firstRange(of: data[..<1000]) != nil)
    }

    @Test func `tells what the server says of a call that it does not take`() async throws {
        let channel = try channel()

        let unknown = await #expect(throws: GRPCError.self) {
            _ = try await channel.call(Self.service + "NoSuchMethod", [], timeout: .seconds(10))
        }
        let missing = await #expect(throws: GRPCError.self) {
            _ = try await channel.call(
                Self.service + "TerminateWorkflowExecution", Execution(id: "nobody").protoBytes, timeout: .seconds(10))
        }

        #expect(unknown?.code == .unimplemented)
        #expect(missing?.code == .notFound)
        #expect(missing?.details.firstRange(of: Array("NotFoundFailure".utf8)) != nil)
    }

    @Test func `ends a long call when its time is up, and the server's at once when it is cancelled`() async throws {
        let channel = try channel()
        let poll = Poll(queue: "nobody-\(UUID())").protoBytes

        await #expect(throws: GRPCError.self) {
            _ = try await channel.call(Poll.method, poll, timeout: .milliseconds(300))
        }
        let task = Task { try await channel.call(Poll.method, poll, timeout: .seconds(60)) }
        try await channel.ask()
        task.cancel()

        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(try await channel.answerFailure() == nil)
    }
}

/// `StartWorkflowExecutionRequest` with one payload, for a workflow that nobody runs.
private struct Start: ProtoMessage {
    struct Name: ProtoMessage {
        var name = ""
        static let fields: [ProtoField<Self>] = [.string(1, \.name)]
    }
    struct Payload: ProtoMessage {
        var data: [UInt8] = []
        static let fields: [ProtoField<Self>] = [.bytes(2, \.data)]
    }
    struct Payloads: ProtoMessage {
        var payloads: [Payload] = []
        static let fields: [ProtoField<Self>] = [.messages(1, \.payloads)]
    }
    var namespace = "default"
    var id = ""
    var type: Name? = Name(name: "Nothing")
    var queue: Name? = Name(name: "nobody")
    var input: Payloads?
    var request = UUID().uuidString
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .string(2, \.id), .message(3, \.type), .message(4, \.queue), .message(5, \.input),
        .string(10, \.request),
    ]

    init() {}
    init(id: String, data: [UInt8]) {
        self.id = id
        input = Payloads(payloads: [Payload(data: data)])
    }
}

/// What requests about one workflow begin with.
private struct Execution: ProtoMessage {
    struct Name: ProtoMessage {
        var id = ""
        static let fields: [ProtoField<Self>] = [.string(1, \.id)]
    }
    var namespace = "default"
    var execution: Name?
    static let fields: [ProtoField<Self>] = [.string(1, \.namespace), .message(2, \.execution)]

    init() {}
    init(id: String) { execution = Name(id: id) }
}
