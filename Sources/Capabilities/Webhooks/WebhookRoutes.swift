import Web

/// Webhooks over HTTP, for operators.
struct WebhookRoutes: Sendable {
    let webhooks: Webhooks
    let access: Access

    private static let tags = ["Webhooks"]
    private static let id = Input.path("id", .string(length: 1...64), doc: "The webhook's id.")

    func register(in router: inout Router) {
        for route in [create, list, show, change, remove, test, rotate, deliveries, redeliver] { router.add(route) }
    }

    private var create: Route {
        Route(
            .post, "/admin/webhooks", summary: "Register a webhook",
            doc: """
                The answer holds the secret that messages are signed with (Standard Webhooks 1.0); it is not shown \
                again. The webhook hears of every job that ends from now on.
                """,
            tags: Self.tags, access: access, .body(NewWebhook.schema), returns: .created(WebhookWithSecret.self),
            errors: [.conflict]
        ) { [webhooks] _, order in
            WebhookWithSecret(
                try await webhooks.add(
                    url: order.url, events: order.events, owner: order.owner, secret: order.secret ?? .random()))
        }
    }

    private var list: Route {
        Route(
            .get, "/admin/webhooks", summary: "List webhooks", tags: Self.tags, access: access, .limit,
            .cursor(as: String.self), returns: .ok(Page<WebhookAnswerModel>.self)
        ) { [webhooks] _, limit, cursor in
            let found = try await webhooks.endpoints(after: cursor, limit: limit + 1)
            let shown = found.prefix(limit)
            return Page(
                shown.map { WebhookAnswerModel($0) }, next: found.count > limit ? shown.last?.id : nil)
        }
    }

    private var show: Route {
        Route(
            .get, "/admin/webhooks/{id}", summary: "Read a webhook", tags: Self.tags, access: access, Self.id,
            returns: .ok(WebhookAnswerModel.self), errors: [.notFound]
        ) { [webhooks] _, id in WebhookAnswerModel(try await webhooks.endpoint(id)) }
    }

    private var change: Route {
        Route(
            .patch, "/admin/webhooks/{id}", summary: "Change a webhook", tags: Self.tags, access: access, Self.id,
            .body(WebhookChange.schema), returns: .ok(WebhookAnswerModel.self), errors: [.notFound]
        ) { [webhooks] _, id, change in WebhookAnswerModel(try await webhooks.change(id, change)) }
    }

    private var remove: Route {
        Route(
            .delete, "/admin/webhooks/{id}", summary: "Remove a webhook",
            doc: "Also forgets what was sent to it; messages on their way are not tried again.", tags: Self.tags,
            access: access, Self.id, returns: .noContent, errors: [.notFound]
        ) { [webhooks] _, id in
            try await webhooks.remove(id)
            return NoContent()
        }
    }

    private var rotate: Route {
        Route(
            .post, "/admin/webhooks/{id}/rotate", summary: "Give a webhook a new secret",
            doc: "For 24 hours messages carry two signatures, one with the old secret.", tags: Self.tags,
            access: access, Self.id, returns: .ok(WebhookWithSecret.self), errors: [.notFound]
        ) { [webhooks] _, id in WebhookWithSecret(try await webhooks.rotate(id)) }
    }

    private var test: Route {
        Route(
            .post, "/admin/webhooks/{id}/test", summary: "Send a test message", tags: Self.tags, access: access,
            Self.id, returns: .accepted(DeliveryAnswer.self), errors: [.notFound, .conflict]
        ) { [webhooks] _, id in DeliveryAnswer(try await webhooks.test(id), attempts: []) }
    }

    private var deliveries: Route {
        Route(
            .get, "/admin/webhooks/{id}/deliveries", summary: "List what was sent, newest first", tags: Self.tags,
            access: access, Self.id, .limit, .cursor(as: DeliveryPosition.self),
            returns: .ok(Page<DeliveryAnswer>.self), errors: [.notFound]
        ) { [webhooks] _, id, limit, cursor in
            let found = try await webhooks.deliveries(to: id, before: cursor, limit: limit + 1)
            let shown = found.prefix(limit)
            return Page(
                shown.map { DeliveryAnswer($0.0, attempts: $0.1) },
                next: found.count > limit ? shown.last.map { DeliveryPosition($0.0) } : nil)
        }
    }

    private var redeliver: Route {
        Route(
            .post, "/admin/webhooks/{id}/deliveries/{delivery}/redeliver", summary: "Send a message again",
            doc: "Under the same id, so that a receiver who has it already can tell.", tags: Self.tags, access: access,
            Self.id, .path("delivery", .string(length: 1...64), doc: "The message's id."),
            returns: .accepted(DeliveryAnswer.self), errors: [.notFound, .conflict]
        ) { [webhooks] _, id, delivery in
            DeliveryAnswer(try await webhooks.redeliver(delivery, to: id), attempts: [])
        }
    }
}
