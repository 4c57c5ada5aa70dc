import Foundation
import Testing

@testable import Web

/// Numbers from a seed, the same on every machine.
///
/// - SeeAlso: Steele, Lea, Flood, *Fast splittable pseudorandom number generators* (SplitMix64).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// `seed` with a few bytes changed, removed, repeated or put in.
    mutating func mutate(_ seed: String, with alphabet: String) -> [UInt8] {
        var bytes = Array(seed.utf8)
        let pieces = Array(alphabet.utf8) + [0, 0x80, 0xc3, 0xed, 0xff]
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let place = Int.random(in: 0...bytes.count, using: &self)
            let piece = pieces[Int.random(in: 0..<pieces.count, using: &self)]
            switch Int.random(in: 0..<4, using: &self) {
            case 0 where place < bytes.count: bytes[place] = piece
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2 where place < bytes.count: bytes.insert(contentsOf: bytes[place...], at: place)
            default: bytes.insert(piece, at: place)
            }
        }
        return bytes
    }
}

@Suite struct `Whatever a stranger sends` {
    static let campaign =
        #"{"name":"Sp","description":"a\n","image_metadata":{"source_type":"local","path":"a"},"variations":["1:1"],"n":-1.5e2}"#

    @Test func `JSON that we accept, Foundation accepts too and reads the same`() throws {
        var random = SplitMix(state: 20)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = random.mutate(Self.campaign, with: #"{}[]",:\u0d8eE+-.19 tnf"#)
            do {
                let ours = try JSONParser.parse(bytes)
                accepted += 1
                let text = String(decoding: bytes, as: UTF8.self)
                let theirs =
                    try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) as? NSObject
                let again = try JSONSerialization.jsonObject(
                    with: Data(JSONWriter.bytes(of: ours)), options: .fragmentsAllowed)
                #expect(theirs == again as? NSObject, "\(text)")
            } catch is JSONSyntaxError {
                continue
            }
        }
        #expect(accepted > 500)
    }

    @Test func `a body never ends in an internal error`() async {
        var random = SplitMix(state: 21)
        let app = App.campaigns()
        var headers = basic("ann:secret")
        headers["Content-Type"] = "application/json"
        var statuses: Set<Int> = []
        for _ in 0..<3000 {
            let bytes = random.mutate(Self.campaign, with: #"{}[]",:\u0d8eE+-.19 tnf"#)
            let body = FakeBody([bytes], announced: bytes.count)
            statuses.insert(await app.send("POST", "/campaigns", headers: headers, body: body).status)
        }
        #expect(statuses == [422])
    }

    @Test func `a target never ends in an internal error`() async {
        var random = SplitMix(state: 22)
        let app = App.campaigns()
        var statuses: Set<Int> = []
        for _ in 0..<5000 {
            let target = random.mutate("/files/a%20b/%C3%A9.jpg?limit=5&cursor=NDI", with: "/%?&=+.#2e0:{}")
            statuses.insert(await app.send("GET", String(decoding: target, as: UTF8.self)).status)
        }
        #expect(statuses.isSubset(of: [200, 400, 404, 422]) && statuses.count == 4, "\(statuses)")
    }

    @Test func `header fields never end in an internal error`() {
        var random = SplitMix(state: 23)
        for _ in 0..<5000 {
            func field(_ seed: String) -> String {
                String(decoding: random.mutate(seed, with: "=-,\"W/*0519 bytes"), as: UTF8.self)
            }
            let size = Int.random(in: 0...2000, using: &random)
            let response = FileResponseTests.send(
                ["Range": field("bytes=10-500"), "If-Range": field("\"abc\""), "If-None-Match": field("\"x\", \"y\"")],
                size: size)
            #expect([200, 206, 304, 416].contains(response.status))
            guard let span = FileResponseTests.span(response) else { continue }
            #expect(span[0] >= 0 && span[1] >= 0 && span[0] + span[1] <= size)
        }
    }
}
