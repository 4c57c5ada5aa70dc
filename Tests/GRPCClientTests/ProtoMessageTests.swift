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
}
