/// JSON text that grows at its end.
///
/// Containers are closed when something is written further out, or at the end: `Encodable` types never say when they
/// are done with one.
final class JSONOutput {
    private(set) var bytes: [UInt8] = []
    private var open: [Container] = []
    private var nextSerial = 0
    private var fault: (any Error)?

    private struct Container {
        let closer: UInt8
        let serial: Int
        var isEmpty = true
    }

    init() { bytes.reserveCapacity(1024) }

    /// How deep the writer is now.
    var depth: Int { open.count }

    /// Opens an object or an array and returns what identifies it.
    func begin(object: Bool) -> Int {
        bytes.append(UInt8(ascii: object ? "{" : "["))
        nextSerial += 1
        open.append(Container(closer: UInt8(ascii: object ? "}" : "]"), serial: nextSerial))
        return nextSerial
    }

    /// Closes everything deeper than `depth`.
    func close(to depth: Int) {
        while open.count > depth, let container = open.popLast() { bytes.append(container.closer) }
    }

    /// Goes back to the container `serial` at `depth` and separates what follows from what is there.
    /// - Throws: `EncodingError` when that container is already closed: members must be written in order.
    func resume(_ serial: Int, at depth: Int, key: String? = nil) throws {
        guard open.count >= depth, depth > 0, open[depth - 1].serial == serial else {
            let text = "a container was written to after one further out"
            throw EncodingError.invalidValue(serial, .init(codingPath: [], debugDescription: text))
        }
        close(to: depth)
        if !open[depth - 1].isEmpty { bytes.append(UInt8(ascii: ",")) }
        open[depth - 1].isEmpty = false
        if let key {
            write(key)
            bytes.append(UInt8(ascii: ":"))
        }
    }

    /// Runs `begin` for a container whose creation cannot throw; the fault stops the writer at the end.
    func attempt(_ begin: () throws -> Void) {
        do { try begin() } catch { fault = fault ?? error }
    }

    /// Closes everything and gives the text.
    /// - Throws: What ``attempt(_:)`` caught.
    func finish() throws -> [UInt8] {
        close(to: 0)
        if let fault { throw fault }
        return bytes
    }

    func writeNumber(_ digits: String) { bytes.append(contentsOf: digits.utf8) }
    func writeEmptyObject() { bytes.append(contentsOf: "{}".utf8) }
    func writeNull() { bytes.append(contentsOf: "null".utf8) }
    func write(_ value: Bool) { bytes.append(contentsOf: value ? "true".utf8 : "false".utf8) }
    func write(_ value: some BinaryInteger) { bytes.append(contentsOf: value.description.utf8) }

    func write(_ value: Double) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: "JSON has no \(value)"))
        }
        bytes.append(contentsOf: Self.text(of: value).utf8)
    }

    /// The shortest digits that read back as the same number; whole numbers without a fraction.
    static func text(of value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { buffer in
            var clean = 0
            for index in 0..<buffer.count where Self.needsEscape(buffer[index]) {
                bytes.append(contentsOf: buffer[clean..<index])
                writeEscape(buffer[index])
                clean = index + 1
            }
            bytes.append(contentsOf: buffer[clean...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private func writeEscape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
        case ..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }

    func write(_ value: JSONValue) throws {
        switch value {
        case .null: writeNull()
        case .boolean(let value): write(value)
        case .integer(let value): write(value)
        case .number(let value): try write(value)
        case .string(let value): write(value)
        case .array(let elements):
            let serial = begin(object: false)
            let depth = depth
            for element in elements {
                try resume(serial, at: depth)
                try write(element)
            }
            close(to: depth - 1)
        case .object(let object):
            let serial = begin(object: true)
            let depth = depth
            for member in object.members {
                try resume(serial, at: depth, key: member.name)
                try write(member.value)
            }
            close(to: depth - 1)
        }
    }
}
