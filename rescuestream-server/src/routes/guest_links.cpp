#include "routes/guest_links.hpp"

#include "body_reader.hpp"
#include "caller.hpp"
#include "entity_tag.hpp"
#include "fields/guest_link_json.hpp"
#include "problem.hpp"
#include "query_reader.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/record_version.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
namespace {

HttpResponse link_reply(const Context& context, const GuestLink& link) {
    return with_version(json_reply(200, to_json(link, context.orchestrator.now())),
                        record_version(link));
}

}  // namespace

HttpResponse list_guest_links(const Context& context, const HttpRequest& request) {
    QueryReader query(request);
    GuestLinkFilter filter;
    filter.incident_id = query.id<IncidentId>("incident_id");
    filter.label = query.text("label");
    if (const auto status = query.text("status")) {
        filter.open = *status == "open";
        if (*status != "open" && *status != "closed")
            query.fail("status", "must be open or closed");
    }
    const PageRequest page = query.page(kUsualPage);
    if (const auto error = query.error()) return problem(request, *error);

    const auto links = context.orchestrator.list_guest_links(filter, page);
    if (!links) return problem(request, links.error());
    const Timestamp now = context.orchestrator.now();
    return list_reply("guest_links", *links,
                      [&](const GuestLink& link) { return to_json(link, now); });
}

HttpResponse create_guest_link(const Context& context, const HttpRequest& request) {
    BodyReader body(request.body);
    const Timestamp now = context.orchestrator.now();
    const NewGuestLink input = fields::read_new_guest_link(body, now);
    if (const auto error = body.error()) return problem(request, *error);

    const auto created = context.orchestrator.create_guest_link(input, caller_of(request));
    if (!created) return problem(request, created.error());
    return with_version(
        created_reply("/guest-links/" + created->link.id.to_string(), to_json(*created, now)),
        record_version(created->link));
}

HttpResponse show_guest_link(const Context& context, const HttpRequest& request) {
    const auto id = path_id<GuestLinkId>(request);
    if (!id) return problem(request, id.error());

    const auto link = context.orchestrator.find_guest_link(*id);
    if (!link) return problem(request, link.error());
    return link_reply(context, *link);
}

HttpResponse update_guest_link(const Context& context, const HttpRequest& request) {
    const auto id = path_id<GuestLinkId>(request);
    if (!id) return problem(request, id.error());
    BodyReader body(request.body);
    const Timestamp now = context.orchestrator.now();
    const GuestLinkPatch patch = fields::read_guest_link_patch(body, now);
    if (const auto error = body.error()) return problem(request, *error);

    const auto link = context.orchestrator.update_guest_link(*id, patch, caller_of(request));
    if (!link) return problem(request, link.error());
    return link_reply(context, *link);
}

HttpResponse close_guest_link(const Context& context, const HttpRequest& request) {
    const auto id = path_id<GuestLinkId>(request);
    if (!id) return problem(request, id.error());
    if (const auto error = check_no_members(request)) return problem(request, *error);

    const auto closed = context.orchestrator.close_guest_link(*id, caller_of(request));
    if (!closed) return problem(request, closed.error());
    return link_reply(context, *closed);
}

}  // namespace rescuestream::server
