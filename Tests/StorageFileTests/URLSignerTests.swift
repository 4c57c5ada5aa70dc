import Foundation
import Storage
import StorageFile
import Testing

@Suite struct `Signed links` {
    let key: StorageKey = "generated/ZEGNA 2025-26/1:1 é.jpg"
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    let old = URLSigner.Key(id: "k1", secret: Array("a secret of the last year".utf8))
    let new = URLSigner.Key(id: "k2", secret: Array("a secret of the this year".utf8))

    /// What a router would hand over: the decoded key and the raw query.
    private func check(_ signer: URLSigner, _ link: String, method: String = "GET", at time: Date) throws {
        let parts = link.split(separator: "?", maxSplits: 1).map(String.init)
        guard parts.count == 2, parts[0].hasPrefix("/files/") else { throw LinkRefusal.invalid }
        let key = try StorageKey(percentEncoded: parts[0].dropFirst("/files/".count))
        try signer.verify(method: method, key: key, query: parts[1], now: time)
    }

    @Test func `open until they expire, for reading only`() throws {
        let signer = URLSigner(keys: [new])
        let link = signer.link(to: key, until: now.addingTimeInterval(600))

        #expect(link.hasPrefix("/files/generated/ZEGNA%202025-26/1%3A1%20%C3%A9.jpg?exp=1800000600&kid=k2&sig="))
        try check(signer, link, at: now)
        try check(signer, link, method: "HEAD", at: now.addingTimeInterval(599))
        #expect(throws: LinkRefusal.expired) { try check(signer, link, at: now.addingTimeInterval(600)) }
        for method in ["PUT", "POST", "DELETE", "get", ""] {
            #expect(throws: LinkRefusal.invalid) { try check(signer, link, method: method, at: now) }
        }
    }

    @Test func `do not open with any one character changed, added or left out`() throws {
        let signer = URLSigner(keys: [new])
        let link = Array(signer.link(to: key, until: now.addingTimeInterval(600)).utf8)

        for index in link.indices {
            var changed = link
            for replacement in [link[index] ^ 1, link[index] == 0x41 ? 0x42 : 0x41] {
                changed[index] = replacement
                #expect(throws: (any Error).self) {
                    try check(signer, String(decoding: changed, as: UTF8.self), at: now)
                }
            }
            changed = link
            changed.remove(at: index)
            #expect(throws: (any Error).self) { try check(signer, String(decoding: changed, as: UTF8.self), at: now) }
            changed = link
            changed.insert(link[index], at: index)
            #expect(throws: (any Error).self) { try check(signer, String(decoding: changed, as: UTF8.self), at: now) }
        }
    }

    @Test func `do not open with a query in another form`() throws {
        let signer = URLSigner(keys: [new])
        let link = signer.link(to: key, until: now.addingTimeInterval(600))
        let query = String(link.split(separator: "?")[1])
        let fields = query.split(separator: "&").map(String.init)
        let others = [
            "", query + "&download=1", query + "&" + fields[0], "\(fields[1])&\(fields[0])&\(fields[2])",
            query.replacingOccurrences(of: "exp=", with: "exp=+"),
            query.replacingOccurrences(of: "exp=", with: "exp=0"),
            query + "=", query.uppercased(), "exp=99999999999999999999&kid=k2&sig=x", "exp=&kid=&sig=",
            String(query.prefix(query.count - 10)),
        ]
        for other in others {
            #expect(throws: LinkRefusal.invalid) { try signer.verify(method: "GET", key: key, query: other, now: now) }
        }
    }

    @Test func `open one object and no other`() throws {
        let signer = URLSigner(keys: [new])
        let query = String(signer.link(to: "a/b", until: now.addingTimeInterval(600)).split(separator: "?")[1])
        try signer.verify(method: "GET", key: "a/b", query: query, now: now)
        #expect(throws: LinkRefusal.invalid) { try signer.verify(method: "GET", key: "a/c", query: query, now: now) }
    }

    @Test func `survive a change of secret until the old one is taken away`() throws {
        let link = URLSigner(keys: [old]).link(to: key, until: now.addingTimeInterval(600))

        try check(URLSigner(keys: [new, old]), link, at: now)
        #expect(URLSigner(keys: [new, old]).link(to: key, until: now).contains("kid=k2"))
        #expect(throws: LinkRefusal.invalid) { try check(URLSigner(keys: [new]), link, at: now) }

        let impostor = URLSigner.Key(id: "k1", secret: new.secretForTests)
        #expect(throws: LinkRefusal.invalid) { try check(URLSigner(keys: [impostor]), link, at: now) }
    }
}

extension URLSigner.Key {
    fileprivate var secretForTests: [UInt8] { Array("sixteen bytes at least".utf8) }
}
