public import Concurrency
public import Database
public import Web
public import Workflows

/// A slice of the product: what it stores, what it answers to, and what it does when asked.
///
/// A studio is a value; main builds it with the capabilities it needs and hands it to the server and the workers.
public protocol Studio: Sendable {
    /// Its name in metrics, budgets and logs: `campaigns`.
    var name: String { get }

    /// The history of its tables.
    var migrations: [Migration] { get }

    /// Adds its routes.
    func register(routes: inout Router)

    /// Adds its workflows and activities.
    func register(workflows: inout WorkflowRegistry)

    /// Brings a job's own record back to life, in the transaction that reopens its failed run.
    ///
    /// Called for the jobs of every studio; a studio looks only at its own, by their workflow's name or memo.
    /// - Throws: ``Workflows/ReopeningRefused`` when its record does not allow that.
    func reopened(_ job: WorkflowDescription, in connection: any SQLConnection) throws

    /// What runs beside the server and the workers: sweeps.
    var services: [any Service] { get }

    /// Runs one real job of this studio the way a client would, and returns where its pictures can be fetched.
    func demonstrate(with client: any DemonstrationClient) async throws -> [DemonstrationPicture]
}

extension Studio {
    /// Nothing: a studio whose answers come from the engine alone has no record of its own.
    public func reopened(_ job: WorkflowDescription, in connection: any SQLConnection) throws {}
}

/// The server as a client sees it, for ``Studio/demonstrate(with:)``.
public protocol DemonstrationClient: Sendable {
    /// Sends `json` and returns the body of the answer.
    /// - Throws: When the answer is not a success.
    func post(_ path: String, json: String) async throws -> [UInt8]
    /// Uploads `content` as the multipart field `file`.
    func upload(_ content: [UInt8], fileName: String, to path: String) async throws -> [UInt8]
    /// Fetches `path`.
    func get(_ path: String) async throws -> [UInt8]
    /// A photograph-like picture to upload, a JPEG.
    func photograph() async throws -> [UInt8]
}

/// A picture that a demonstration made.
public struct DemonstrationPicture: Sendable {
    /// What it shows: `campaign from an upload, 16:9`.
    public let title: String
    /// Its key in the store.
    public let key: String

    /// Creates the note.
    public init(title: String, key: String) {
        self.title = title
        self.key = key
    }
}

/// A demonstration did not come to its pictures.
public struct DemonstrationFailure: Error, CustomStringConvertible {
    /// Why.
    public let description: String

    /// Creates the error.
    public init(reason: String) { description = reason }
}
