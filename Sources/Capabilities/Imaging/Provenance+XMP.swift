// XMP packets: ISO 16684-1. Reading takes the two properties it knows, in either of the forms that writers use, and
// nothing else: the packet is a stranger's and is never copied into a result.
extension Provenance {
    private static let vocabulary = "http://cv.iptc.org/newscodes/digitalsourcetype/"

    /// The packet to write.
    var xmpPacket: [UInt8] {
        let tool = creatorTool.map { " xmp:CreatorTool=\"\(Self.escaped($0.prefix(200)))\"" } ?? ""
        let packet = """
            <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
            xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"\(tool) \
            Iptc4xmpExt:DigitalSourceType="\(Self.vocabulary)\(sourceType.rawValue)"/>
            </rdf:RDF></x:xmpmeta>
            <?xpacket end="r"?>
            """
        return Array(packet.utf8)
    }

    /// Reads the mark from a packet; nil when it holds none that is known.
    init?(xmpPacket: [UInt8]) {
        let text = String(decoding: xmpPacket.prefix(64 << 10), as: UTF8.self)
        guard let value = Self.value(of: "Iptc4xmpExt:DigitalSourceType", in: text),
            let word = value.split(separator: "/").last, let type = SourceType(rawValue: String(word))
        else { return nil }
        self.init(sourceType: type, creatorTool: Self.value(of: "xmp:CreatorTool", in: text).map(Self.unescaped))
    }

    /// The text of a property, whether an attribute or an element.
    private static func value(of property: String, in text: String) -> Substring? {
        let utf8 = text.utf8
        if let start = utf8.end(of: "\(property)=\""), let end = utf8[start...].firstIndex(of: UInt8(ascii: "\"")) {
            return text[start..<end]
        }
        if let start = utf8.end(of: "<\(property)>"), let end = utf8[start...].firstIndex(of: UInt8(ascii: "<")) {
            return text[start..<end]
        }
        return nil
    }

    private static func escaped(_ text: Substring) -> String {
        // XML 1.0 has no way to write most control characters, so they are left out.
        text.unicodeScalars.filter { $0.value >= 0x20 }.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func unescaped(_ text: Substring) -> String {
        let entities: [(String, Character)] = [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
        ]
        var result = ""
        var rest = text
        while let first = rest.first {
            if first == "&", let (name, character) = entities.first(where: { rest.hasPrefix($0.0) }) {
                result.append(character)
                rest.removeFirst(name.count)
            } else {
                result.append(first)
                rest.removeFirst()
            }
        }
        return result
    }
}

extension String.UTF8View {
    /// Where the first occurrence of `needle` ends.
    fileprivate func end(of needle: String) -> Index? {
        let mark = Array(needle.utf8)
        guard let first = mark.first else { return nil }
        var candidate = startIndex
        while let start = self[candidate...].firstIndex(of: first) {
            if self[start...].starts(with: mark) { return index(start, offsetBy: mark.count) }
            candidate = index(after: start)
        }
        return nil
    }
}
