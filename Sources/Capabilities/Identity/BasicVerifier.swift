/// The accounts that HTTP Basic lets in.
public struct BasicVerifier: Sendable {
    private let accounts: [BasicCredentials]

    /// Creates a verifier for `accounts`.
    public init(accounts: [BasicCredentials]) { self.accounts = accounts }

    /// Creates a verifier for one account.
    public init(username: String, password: Password) {
        self.init(accounts: [BasicCredentials(username: username, password: password)])
    }

    /// Who `credentials` belong to; nil when the name is unknown or the password is wrong.
    ///
    /// Each account costs a comparison of both parts, whichever matches, so the time tells neither.
    public func principal(for credentials: BasicCredentials) -> Principal? {
        let given = Password(credentials.username)
        var found: Principal?
        for account in accounts {
            let isName = Password(account.username).matches(given)
            let isPassword = account.password.matches(credentials.password)
            if isName && isPassword { found = Principal(name: account.username, scheme: "basic") }
        }
        return found
    }

    /// Who the value of an `Authorization` field belongs to; nil when it is garbled, unknown or wrong.
    public func principal(authorization: String) -> Principal? {
        do {
            return principal(for: try BasicCredentials(authorization: authorization))
        } catch {
            // Whatever is wrong, the client learns only that it is not let in.
            return nil
        }
    }
}
