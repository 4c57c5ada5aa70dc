import Identity
import StudioInterface
import Web

/// The campaigns over HTTP: decode, call, encode.
struct CampaignRoutes: Sendable {
    let campaigns: Campaigns
    let access: Access

    func register(in router: inout Router) {
        router.add(create)
        router.add(list)
        router.add(show)
        router.add(delete)
    }

    private var create: Route {
        Route(
            .post, "/campaigns", summary: "Create a campaign",
            doc: """
                Takes the order in and answers at once; the pictures are made in the background. With an \
                Idempotency-Key the request can be repeated safely.
                """,
            tags: ["Campaigns"], access: access, idempotent: true, .body(NewCampaign.schema),
            returns: .accepted(CampaignReceipt.self), errors: [.conflict]
        ) { [campaigns] request, order in
            try await campaigns.create(
                order, idempotencyKey: request.idempotencyKey, client: request.principal?.name ?? "anonymous",
                requestID: request.requestID)
        }
    }

    private var show: Route {
        Route(
            .get, "/campaigns/{id}", summary: "Read a campaign", tags: ["Campaigns"], access: access,
            .path("id", .integer(1...), doc: "The campaign's number."),
            returns: .ok(CampaignAnswer.self), errors: [.notFound]
        ) { [campaigns] _, id in
            CampaignAnswer(try await campaigns.find(id), links: campaigns.links)
        }
    }

    private var list: Route {
        Route(
            .get, "/campaigns", summary: "List campaigns, newest first", tags: ["Campaigns"], access: access,
            .query(optional: "status", .enumeration(of: CampaignStatus.self), doc: "Only those of one status."),
            .limit, .cursor(as: Int.self),
            returns: .ok(Page<CampaignAnswer>.self)
        ) { [campaigns] _, status, limit, cursor in
            let page = try await campaigns.page(of: status, limit: limit, before: cursor)
            return Page(page.campaigns.map { CampaignAnswer($0, links: campaigns.links) }, next: page.next)
        }
    }

    private var delete: Route {
        Route(
            .delete, "/campaigns/{id}", summary: "Delete a campaign",
            doc: "Cancels it if it still runs, and removes its pictures.", tags: ["Campaigns"], access: access,
            .path("id", .integer(1...), doc: "The campaign's number."), returns: .noContent, errors: [.notFound]
        ) { [campaigns] _, id in
            try await campaigns.delete(id)
            return NoContent()
        }
    }
}
