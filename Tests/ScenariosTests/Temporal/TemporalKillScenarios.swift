import AtelierTesting
import Concurrency
import Foundation
import Testing

@Suite(.enabled(if: TemporalPlace.server != nil), .timeLimit(.minutes(10))) struct `Two hundred campaigns on Temporal` {
    private static let count = 200
    /// How often the program is killed; the server is killed before the third and the sixth time.
    private static let lives = 9

    @Test func `are finished once each, though program, server and connection fail again and again`() async throws {
        let scratch = try Scratch()
        let server = try await DevelopmentServer(file: scratch.file("temporal.db"))
        let place = try await TemporalPlace(on: server.address)
        let proxy = ServerProxy(to: server.loopbackPort)
        defer { proxy.stop() }
        let storm = Storm(over: proxy)
        let orders = OrderBook(count: Self.count)

        for life in 0..<Self.lives {
            if life == 2 || life == 5 { await server.kill() }
            let program = try await place.start(through: proxy.port)
            if life == 2 || life == 5 { try await server.start() }
            let posting = Task { await orders.post(to: Client(program), upTo: (life + 1) * Self.count / Self.lives) }
            // At another moment each time: in the midst of taking in, of the first pictures, of the last.
            try await program.killed(after: .milliseconds(400 + life * 250)).value
            await posting.value
        }
        let faults = await storm.end()
        let last = try await place.start(through: proxy.port)
        let client = Client(last)
        await orders.post(to: client, upTo: Self.count)
        let ids = orders.ids
        for id in ids {
            let campaign = try await client.finished(id)
            #expect(campaign["status"] as? String == "completed", "\(campaign)")
        }

        let histories = try await place.expectOnce(ids, pictures: 1)
        #expect(ids.count == Self.count && Set(ids).count == Self.count)
        #expect(await last.stop() == 0)
        await server.kill()
        let repeated = histories.flatMap(\.attempts.values).reduce(0) { $0 + $1 - 1 }
        print(
            """
            Temporal, kills: \(Self.lives) of the program, 2 of the server, \(faults) faults of the connection; \
            \(ids.count) campaigns acknowledged, lost 0, finished twice 0, attempts repeated \(repeated), \
            posts repeated \(orders.repeats)
            """)
    }
}

/// A changing connection: cut, cut in the middle of an answer, half closed, held back and slow, in turn.
private final class Storm: Sendable {
    private let work: Task<Int, Never>

    init(over proxy: ServerProxy) {
        work = Task {
            let spells: [(ServerProxy.Weather, Duration)] = [
                (.fair, .milliseconds(300)), (.cutsReplies, .milliseconds(200)), (.slow, .milliseconds(400)),
                (.halfCloses, .milliseconds(200)), (.holdsReplies, .milliseconds(300)), (.down, .milliseconds(150)),
                (.fair, .milliseconds(500)), (.silent, .milliseconds(300)),
            ]
            var (spell, faults) = (0, 0)
            while !Task.isCancelled {
                let (weather, length) = spells[spell % spells.count]
                proxy.weather = weather
                spell += 1
                faults += weather == .fair ? 0 : 1
                // Cancelled at the end of the storm.
                do { try await Task.sleep(for: length) } catch { break }
            }
            proxy.weather = .fair
            return faults
        }
    }

    /// Clears the sky.
    /// - Returns: How many faults there were.
    func end() async -> Int {
        work.cancel()
        return await work.value
    }
}

/// Orders of a client that repeats each, under the same key, until it is acknowledged.
private final class OrderBook: Sendable {
    private struct State {
        /// The campaign of each order, once it is known.
        var ids: [Int?]
        var repeats = 0
    }
    private let state: Locked<State>

    init(count: Int) { state = Locked(State(ids: Array(repeating: nil, count: count))) }

    var ids: [Int] { state.withLock { $0.ids.compactMap(\.self) } }
    var repeats: Int { state.withLock { $0.repeats } }

    /// Sends what is not acknowledged of the first `limit`, until all is or the program is gone.
    func post(to client: Client, upTo limit: Int) async {
        while true {
            let open = state.withLock { state in (0..<limit).filter { state.ids[$0] == nil } }
            guard !open.isEmpty else { return }
            for number in open {
                do {
                    let answer = try await client.send(
                        "POST", "/campaigns", json: Self.body, headers: ["Idempotency-Key": "order-\(number)"])
                    let id = answer.status == 202 ? answer.json["id"] as? Int : nil
                    state.withLock { state in
                        state.ids[number] = id
                        state.repeats += id == nil ? 1 : 0
                    }
                    // Refused for as long as Temporal seems to be away: the client comes back in a moment.
                    if id == nil { try await Task.sleep(for: .milliseconds(50)) }
                } catch {
                    return state.withLock { $0.repeats += 1 }
                }
            }
        }
    }

    private static let body =
        #"{"name":"n","description":"d","variations":["1:1"],"image_metadata":\#(TemporalPlace.order)}"#
}
