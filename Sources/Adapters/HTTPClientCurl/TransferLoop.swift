import CCurl
import Concurrency
import HTTPClient

/// The thread that owns libcurl's handles.
///
/// It waits in `curl_multi_poll` for sockets, timers and the bell, and calls libcurl for whatever is ready.
actor TransferLoop {
    private nonisolated let executor: ThreadExecutor
    /// The thread.
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let multi: MultiHandle
    private let configuration: CurlHTTPClient.Configuration
    private var transfers: [Int: Transfer] = [:]

    init(name: String, multi: MultiHandle, _ configuration: CurlHTTPClient.Configuration) {
        executor = ThreadExecutor(name: name)
        self.multi = multi
        self.configuration = configuration
    }

    /// Runs until `owner` is told to stop.
    func run(_ owner: TransferThread) {
        while true {
            let (commands, isLast) = owner.takeInbox()
            for command in commands { carryOut(command, owner) }
            if isLast { break }
            var running: Int32 = 0
            curl_multi_perform(multi.pointer, &running)
            reap(owner)
            // libcurl cuts the wait short for its own timers.
            curl_multi_poll(multi.pointer, nil, 0, 60_000, nil)
        }
        for transfer in transfers.values { end(transfer, CancellationError(), owner) }
        multi.close()
        owner.noteOver()
    }

    private func carryOut(_ command: TransferThread.Command, _ owner: TransferThread) {
        switch command {
        case .start(let exchange, let request, let feed, let policy, let limit):
            guard !exchange.isCancelled,
                let transfer = Transfer(exchange, request, feed, policy, limit: limit, configuration)
            else {
                exchange.finish(CancellationError())
                return owner.noteEnd()
            }
            transfers[exchange.id] = transfer
            curl_multi_add_handle(multi.pointer, transfer.easy)
        case .goOn(let id):
            guard let transfer = transfers[id] else { return }
            // Hands over what was held back: its callbacks may pause it again, or refuse what comes.
            let result = curl_easy_pause(transfer.easy, CURLPAUSE_CONT)
            // Before it has a connection there is nothing to go on with.
            if result != CURLE_OK, result != CURLE_BAD_FUNCTION_ARGUMENT {
                end(transfer, transfer.error(result), owner)
            }
        case .cancel(let id):
            if let transfer = transfers[id] { end(transfer, CancellationError(), owner) }
        }
    }

    /// Takes out what libcurl is done with.
    private func reap(_ owner: TransferThread) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi.pointer, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = Transfer.of(easy)
            else { continue }
            end(transfer, transfer.error(atelier_curl_result(message)), owner)
        }
    }

    private func end(_ transfer: Transfer, _ error: (any Error)?, _ owner: TransferThread) {
        transfers[transfer.exchange.id] = nil
        curl_multi_remove_handle(multi.pointer, transfer.easy)
        transfer.finish(error)
        owner.noteEnd()
    }
}
