import Database
import Testing

@testable import DatabaseMySQL

@Suite struct `A mysql URL` {
    @Test func `names user, password, host, port, database and options`() throws {
        let location = try MySQLLocation(
            "mysql://art%40home:p%2Fw%3A%25@db.example:3307/atelier%20one?ssl-mode=verify_identity&ssl-ca=/etc/ca.pem")

        #expect(location.user == "art@home" && location.password == "p/w:%")
        #expect(location.host == "db.example" && location.port == 3307)
        #expect(location.database == "atelier one")
        #expect(location.encryption == .verifyIdentity && location.authority == "/etc/ca.pem")
        #expect(location.name == "db.example:3307")
    }

    @Test func `is short where the usual will do`() throws {
        let location = try MySQLLocation("MariaDB://db/atelier")

        #expect(location.user.isEmpty && location.password.isEmpty && location.port == 3306)
        #expect(location.encryption == .preferred)
    }

    @Test func `may name an IPv6 address or a socket`() throws {
        let address = try MySQLLocation("mysql://a:b@[2001:db8::1]:3307/atelier")
        #expect(address.host == "2001:db8::1" && address.port == 3307 && address.name == "[2001:db8::1]:3307")

        let socket = try MySQLLocation("mysql://a@/atelier?socket=/run/mysqld/mysqld.sock")
        #expect(socket.socket == "/run/mysqld/mysqld.sock" && socket.name == "/run/mysqld/mysqld.sock")
    }

    @Test(arguments: [
        ("postgres://h/d", "mysql://"), ("mysql://h", "names no database"), ("mysql:///d", "names no host"),
        ("mysql://u:canary@h:0/d", "port"), ("mysql://u:canary@h:port/d", "port"),
        ("mysql://u:canary%@h/d", "%25"), ("mysql://u:canary%ff@h/d", "UTF-8"), ("mysql://u:canary%00@h/d", "UTF-8"),
        ("mysql://u:canary@h/d?ssl-mode=maybe", "PREFERRED"), ("mysql://u:canary@h/d?colour=red", "known are"),
        ("mysql://u:canary@h/d?connect-timeout=0", "1 to 86400"),
    ]) func `that is wrong is refused with what is wrong, and without its password`(_ url: String, _ words: String) {
        let error = #expect(throws: DatabaseError.self) { try MySQLLocation(url) }

        #expect(error?.description.contains(words) == true)
        #expect(error?.description.contains("canary") == false)
    }
}
