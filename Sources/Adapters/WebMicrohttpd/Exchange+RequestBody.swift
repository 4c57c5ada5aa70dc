import Web

extension Exchange: RequestBody {
    /// What `Content-Length` says; nil for a chunked body.
    var announcedLength: Int? {
        switch head.framing {
        case .none: 0
        case .length(let count): count
        case .chunked: nil
        }
    }

    func next() async throws(RequestBodyError) -> [UInt8]? {
        while true {
            switch takePiece() {
            case .piece(let bytes): return bytes
            case .end: return nil
            case .failed(let error): throw error
            case .nothingYet: await waitForBytes()
            }
        }
    }

    func multipart(
        limits: MultipartLimits, spoolingTo folder: String
    ) async throws(RequestBodyError) -> [SpooledPart] {
        // Not the library's own form parser: it keeps pointing into the connection's memory, which is gone as soon as
        // the client is, while the handler's task may still be feeding it.
        try await spoolParts(contentType: head.contentType, limits: limits, to: folder)
    }

    private func takePiece() -> InboundBytes.Taken {
        change { state in
            let taken = state.inbound.take()
            if !state.wantsBody || state.inbound.hasRoom {
                state.wantsBody = true
                state.resume()
            }
            return taken
        }
    }

    private func waitForBytes() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                change { state in
                    if Task.isCancelled { state.inbound.fail(.disconnected) }
                    state.inbound.wait(reader)
                }
            }
        } onCancel: {
            // Whoever gave up on the body, in a task of its own with a time limit perhaps, must not be kept.
            change { state in state.inbound.fail(.disconnected) }
        }
    }
}
