import Imaging
import Testing
import Web

@testable import Campaigns

@Suite struct `Orders for campaigns` {
    private func decode(_ json: String) throws -> NewCampaign {
        try NewCampaign.schema.decode(JSONParser.parse(Array(json.utf8)))
    }

    private func faults(_ json: String) throws -> [String] {
        do {
            _ = try decode(json)
            return []
        } catch let error as ValidationError {
            return error.faults.map { fault in
                fault.location.map { "\($0)" }.joined(separator: ".") + " " + fault.type
            }
        }
    }

    @Test func `the smallest order asks for the three usual shapes and a smart crop`() throws {
        let order = try decode(
            #"{"description":"D","image_metadata":{"source_type":"dropbox","dropbox_path":"/a.jpg"}}"#)

        #expect(order.ratios == [.square, .portrait, .landscape])
        #expect(order.crop == .smart)
        #expect(order.name == nil)
        #expect(order.image == .dropbox(path: "/a.jpg"))
    }

    @Test func `a full order is read as it is`() throws {
        let order = try decode(
            """
            {"name":"Spring","description":"D","variations":["4:5"],"crop":"centre",
             "image_metadata":{"source_type":"ai_generated","prompt":"Leaves","provider":"procedural","seed":7}}
            """)

        #expect(order.ratios.map(\.description) == ["4:5"])
        #expect(order.crop == .centre)
        #expect(order.image == .aiGenerated(PicturePrompt(text: "Leaves", provider: "procedural", seed: 7)))
    }

    @Test(arguments: [
        "../etc/passwd", "/etc/passwd", "uploads/../secret", "uploads//a.jpg", "uploads/.hidden", "generated/a.jpg",
        "uploads/a\\\\b.jpg", "uploads", "uploads/",
    ])
    func `a path that leaves the uploads is refused`(path: String) throws {
        let order = #"{"description":"D","image_metadata":{"source_type":"local","path":"\#(path)"}}"#

        #expect(try faults(order).count == 1, "\(path)")
    }

    @Test func `every fault is found at once, also unknown fields`() throws {
        let found = try faults(
            """
            {"name":"","description":"","colour":"red","variations":["1:1","5:1"],"crop":"left",
             "image_metadata":{"source_type":"local","path":"/x","prompt":"y"}}
            """)

        #expect(found.count == 7, "\(found)")
    }

    @Test(arguments: ["1:5", "5:1", "0:1", "1", "1:1:1", "a:b", "-1:1", "99999:99999"])
    func `a shape that is no picture's is refused`(ratio: String) throws {
        let order =
            #"{"description":"D","variations":["\#(ratio)"],"image_metadata":{"source_type":"dropbox","dropbox_path":"/a"}}"#

        #expect(try faults(order).count == 1, "\(ratio)")
    }
}
