private import Cryptography

/// A stretch of a list, and where the next one begins: `{"items":[...],"next_cursor":null}`.
public struct Page<Item: ResponseModel>: ResponseModel {
    /// The items.
    public let items: [Item]
    /// What a client gives as `?cursor=` to go on; nil at the end.
    public let nextCursor: String?

    /// Creates a page.
    /// - Parameter next: Where the next page begins, in the studio's terms; clients see it as one opaque word.
    public init(_ items: [Item], next: (some LosslessStringConvertible & Sendable)?) {
        self.items = items
        nextCursor = next.map { Base64.url.encode(Array($0.description.utf8)) }
    }

    private enum Keys: String, CodingKey {
        case items
        case nextCursor = "next_cursor"
    }

    /// Writes both members, also a null cursor.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(items, forKey: .items)
        if let nextCursor {
            try container.encode(nextCursor, forKey: .nextCursor)
        } else {
            try container.encodeNil(forKey: .nextCursor)
        }
    }

    /// The shape; named after the items' shape where that has a name.
    public static var schema: JSONSchema {
        .object(
            Item.schema.name.map { $0 + "Page" },
            [
                .property("items", .array(of: Item.schema)),
                .property("next_cursor", .nullable(.string()), doc: "Give it as ?cursor= for the next page"),
            ])
    }

    /// A page with one item and no next one.
    public static var example: Page { Page([Item.example], next: String?.none) }
}

extension Input where Value == Int {
    /// How many items a page has: 1 to 200, 50 unless told.
    public static var limit: Input {
        .query("limit", .integer(1...200), default: 50, doc: "How many items the page has at most")
    }
}

extension Input {
    /// Where a page begins, as the page before gave it.
    /// - Parameter type: What the studio counts by; a cursor that does not read as one is refused with 422.
    public static func cursor<Position: LosslessStringConvertible & Sendable>(
        as type: Position.Type
    ) -> Input where Value == Position? {
        let schema = Schema<String>.string(length: 1...1000).map { (text) throws(SchemaFault) -> Position in
            guard let bytes = Base64.url.decode(text), let plain = String(validating: bytes, as: UTF8.self),
                let position = Position(plain)
            else { throw SchemaFault("Cursor is not one that this list gave; begin again without it") }
            return position
        }
        return .query(optional: "cursor", schema, doc: "The next_cursor of the page before")
    }
}
