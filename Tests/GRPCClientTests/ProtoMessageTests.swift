import GRPCClient
import Testing

@Suite struct `Protocol Buffers` {
    private struct Sample: ProtoMessage, Equatable {
        struct Part: ProtoMessage, Equatable {
            var number = 0
            static let fields: [ProtoField<Self>] = [.integer(1, \.number)]
        }
        var name = ""
        var bytes: [UInt8] = []
        var number = 0
        var isSet = false
        var real = 0.0
        var part: Part?
        var parts: [Part] = []
        var map: [String: Part] = [:]
        var wait: Duration?
        static let fields: [ProtoField<Self>] = [
            .string(1, \.name), .bytes(2, \.bytes), .integer(3, \.number), .bool(4, \.isSet), .double(5, \.real),
            .message(6, \.part), .messages(7, \.parts), .map(8, \.map), .duration(9, \.wait),
        ]
    }

    @Test func `a message survives being written and read`() throws {
        var sample = Sample(name: "żółw", bytes: [0, 255], number: -3, isSet: true, real: 1.5)
        sample.part = Sample.Part(number: 0)
        sample.parts = [Sample.Part(number: 1), Sample.Part(number: 1 << 40)]
        sample.map = ["a": Sample.Part(number: 7)]
        sample.wait = .milliseconds(1500)

        #expect(try Sample(protoBytes: sample.protoBytes) == sample)
    }

    @Test func `the bytes are those of the format's own example`() {
        // Protocol Buffers, "Encoding": field 1 with 150 is 08 96 01.
        #expect(Sample.Part(number: 150).protoBytes == [0x08, 0x96, 0x01])
    }

    @Test func `fields that nobody described are skipped`() throws {
        let bytes: [UInt8] = [0xa2, 0x06, 2, 1, 2, 0x08, 5]  // field 100 with two bytes, then field 1

        #expect(try Sample.Part(protoBytes: bytes).number == 5)
    }

    @Test(arguments: [[0x08], [0x0a, 5, 1], [0x0d, 1, 2], [0x0b]] as [[UInt8]])
    func `bytes that are cut or of no known type are refused`(_ bytes: [UInt8]) {
        #expect(throws: ProtoFault.self) { _ = try Sample.Part(protoBytes: bytes) }
    }

    @Test func `a field of another type than described is refused`() {
        #expect(throws: ProtoFault.wrongType(field: 1)) { _ = try Sample.Part(protoBytes: [0x0a, 0]) }
    }

    private struct Nested: ProtoMessage {
        var inner: [Nested] = []
        static let fields: [ProtoField<Self>] = [.messages(1, \.inner)]
    }

    /// Messages within each other, `depth` of them.
    private func nested(_ depth: Int) -> [UInt8] {
        // Written by hand: the length of each is that of what is in it.
        var parts: [[UInt8]] = []
        var count = 0
        for _ in 1..<depth {
            var (head, length) = ([UInt8](arrayLiteral: 0x0a), count)
            while length >= 128 {
                head.append(UInt8(length & 127) | 128)
                length >>= 7
            }
            head.append(UInt8(length))
            count += head.count
            parts.append(head)
        }
        return parts.reversed().flatMap { $0 }
    }

    @Test func `messages within each other are read to a hundred deep, not to the end of the stack`() throws {
        _ = try Nested(protoBytes: nested(100))

        #expect(throws: ProtoFault.tooDeep) { _ = try Nested(protoBytes: nested(101)) }
        #expect(throws: ProtoFault.tooDeep) { _ = try Nested(protoBytes: nested(1_000_000)) }
    }

    @Test func `a length beyond the end is refused, however large`() {
        let lengths: [[UInt8]] = [
            [2], [0xff, 0xff, 0xff, 0xff, 7], [UInt8](repeating: 0xff, count: 9) + [1],
            [UInt8](repeating: 0xff, count: 11),
        ]
        for length in lengths {
            #expect(throws: ProtoFault.truncated) { _ = try Sample(protoBytes: [0x0a] + length + [1]) }
        }
    }

    @Test func `times beyond the format's range are refused`() throws {
        // Field 9 with seconds (1) or nanoseconds (2) of the largest number there is.
        let largest = [UInt8](repeating: 0xff, count: 8) + [0x7f]
        for field in [0x08, 0x10] as [UInt8] {
            #expect(throws: ProtoFault.outOfRange(field: 9)) {
                _ = try Sample(protoBytes: [0x4a, 10, field] + largest)
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4]) func `no bytes whatever crash the reader`(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var sample = Sample(name: "name", bytes: [1, 2], number: 300, isSet: true, real: 2)
        sample.parts = [Sample.Part(number: 9)]
        sample.map = ["key": Sample.Part(number: 1)]
        sample.wait = .seconds(3)
        let whole = sample.protoBytes
        var refused = 0

        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0...3, using: &random))
            do throws(ProtoFault) { _ = try Sample(protoBytes: bytes) } catch { refused += 1 }
        }

        #expect((1..<20_000).contains(refused))
    }
}

/// A generator with a seed, so that a failure comes again.
///
/// - SeeAlso: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
