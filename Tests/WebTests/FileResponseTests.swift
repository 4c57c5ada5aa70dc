import Foundation
import Testing

@testable import Web

@Suite("Files as answers") struct FileResponseTests {
    static let modified = Date(timeIntervalSince1970: 784_111_777.9)
    static let modifiedText = "Sun, 06 Nov 1994 08:49:37 GMT"
    static let earlier = "Sun, 06 Nov 1994 08:49:36 GMT"

    static func send(_ headers: HTTPHeaders, method: String = "GET", size: Int = 1000) -> HTTPResponse {
        FileResponse(
            FakeFile(), byteCount: size, mediaType: "image/jpeg", sha256: "abc", lastModified: modified,
            disposition: .inline(fileName: "shoe.jpg"), cacheControl: "public, max-age=60"
        ).response(
            to: HTTPRequest(method: method, target: "/", headers: headers, body: FakeBody(), remoteAddress: ""))
    }

    @Test func `carry what lets a client ask for less`() {
        let response = Self.send([:])
        #expect(response.status == 200)
        #expect(
            response.headers.fields.map { "\($0.name): \($0.value)" } == [
                "Content-Type: image/jpeg", "Content-Disposition: inline; filename=\"shoe.jpg\"",
                "Cache-Control: public, max-age=60", "Accept-Ranges: bytes", "ETag: \"abc\"",
                "Last-Modified: \(Self.modifiedText)",
            ])
        #expect(Self.span(response) == [0, 1000])
    }

    static func span(_ response: HTTPResponse) -> [Int]? {
        if case .file(_, let offset, let count) = response.body { [offset, count] } else { nil }
    }

    @Test(
        arguments: [
            ("bytes=0-0", 206, [0, 1], "bytes 0-0/1000"), ("bytes=0-", 206, [0, 1000], "bytes 0-999/1000"),
            ("bytes=500-599", 206, [500, 100], "bytes 500-599/1000"),
            ("bytes=990-2000", 206, [990, 10], "bytes 990-999/1000"),
            ("bytes=-1", 206, [999, 1], "bytes 999-999/1000"), ("bytes=-5000", 206, [0, 1000], "bytes 0-999/1000"),
            ("Bytes=1-2", 206, [1, 2], "bytes 1-2/1000"),
            ("bytes=1-99999999999999999999", 206, [1, 999], "bytes 1-999/1000"),
            ("bytes=1000-", 416, nil, "bytes */1000"), ("bytes=99999999999999999999-", 416, nil, "bytes */1000"),
            ("bytes=-0", 416, nil, "bytes */1000"), ("bytes=0-0,5-6", 200, [0, 1000], nil),
            ("bytes=5-4", 200, [0, 1000], nil),
            ("bytes=", 200, [0, 1000], nil), ("bytes=-", 200, [0, 1000], nil), ("bytes=a-b", 200, [0, 1000], nil),
            ("bytes=+1-2", 200, [0, 1000], nil), ("bytes=1-2-3", 200, [0, 1000], nil),
            ("items=0-1", 200, [0, 1000], nil),
            ("bytes 0-1", 200, [0, 1000], nil), ("", 200, [0, 1000], nil),
        ] as [(String, Int, [Int]?, String?)])
    func `come in parts`(range: String, status: Int, span: [Int]?, contentRange: String?) {
        let response = Self.send(["Range": range])
        #expect(response.status == status)
        #expect(Self.span(response) == span)
        #expect(response.headers["Content-Range"] == contentRange)
    }

    @Test func `that are empty have no part to give`() {
        #expect(Self.send(["Range": "bytes=0-"], size: 0).status == 416)
        #expect(Self.send(["Range": "bytes=-5"], size: 0).status == 416)
        #expect(Self.span(Self.send([:], size: 0)) == [0, 0])
    }

    @Test(
        arguments: [
            (["If-None-Match": "\"abc\""], 304), (["If-None-Match": "W/\"abc\""], 304),
            (["If-None-Match": "\"x\" , \"abc\""], 304),
            (["If-None-Match": "*"], 304), (["If-None-Match": "\"x\""], 200), (["If-None-Match": "abc"], 200),
            (["If-Modified-Since": modifiedText], 304), (["If-Modified-Since": earlier], 200),
            (["If-Modified-Since": "yesterday"], 200),
            (["If-None-Match": "\"x\"", "If-Modified-Since": modifiedText], 200),
            (["Range": "bytes=0-1", "If-Range": "\"abc\""], 206),
            (["Range": "bytes=0-1", "If-Range": "W/\"abc\""], 200),
            (["Range": "bytes=0-1", "If-Range": "\"x\""], 200),
            (["Range": "bytes=0-1", "If-Range": modifiedText], 206),
            (["Range": "bytes=0-1", "If-Range": earlier], 200),
            (["Range": "bytes=0-1", "If-None-Match": "\"abc\""], 304),
            (["Range": "bytes=5000-", "If-Range": "\"x\""], 200),
        ] as [([String: String], Int)])
    func `are not sent again when nothing changed`(fields: [String: String], status: Int) {
        let headers = HTTPHeaders(fields.map { (name: $0.key, value: $0.value) })
        #expect(Self.send(headers).status == status)
        if status == 304 {
            let response = Self.send(headers)
            #expect(response.text == "")
            #expect(response.headers["ETag"] == "\"abc\"" && response.headers["Content-Type"] == nil)
        }
    }

    @Test func `ignore a range on HEAD`() {
        #expect(Self.send(["Range": "bytes=0-1"], method: "HEAD").status == 200)
    }

    @Test(arguments: [
        (ContentDisposition.inline(), "inline"), (.attachment(fileName: "a.jpg"), #"attachment; filename="a.jpg""#),
        (.inline(fileName: "a\"; b=\r\nc\\d/e"), #"inline; filename="a_; b=__c_d_e""#),
        (
            .attachment(fileName: "schön 1.jpg"),
            #"attachment; filename="sch_n 1.jpg"; filename*=UTF-8''sch%C3%B6n%201.jpg"#
        ),
        (.attachment(fileName: "a\u{202e}gpj.exe"), #"attachment; filename="a_gpj.exe""#),
    ])
    func `have a safe name`(disposition: ContentDisposition, text: String) {
        #expect(disposition.text == text)
    }
}
