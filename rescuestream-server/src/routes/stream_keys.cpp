#include "routes/stream_keys.hpp"

#include "body_reader.hpp"
#include "caller.hpp"
#include "entity_tag.hpp"
#include "fields/stream_key_json.hpp"
#include "problem.hpp"
#include "protection.hpp"
#include "query_reader.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/record_version.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds kMaxOverlap = hours(7 * 24);

HttpResponse key_reply(const Context& context, const StreamKey& key) {
    const StreamOrchestrator& orchestrator = context.orchestrator;
    return with_version(
        json_reply(200, to_json(key, orchestrator.encoder_addresses(key),
                                orchestrator.viewer_addresses(key), orchestrator.now())),
        record_version(key));
}

// The response of a change that cuts off a publisher, or reverses that: the key and the cut-offs.
template <class Changed>
HttpResponse change_key(const Context& context, const HttpRequest& request,
                        Result<Changed> (StreamOrchestrator::*change)(StreamKeyId, const Caller&)) {
    const auto id = path_id<StreamKeyId>(request);
    if (!id) return problem(request, id.error());
    if (const auto error = check_no_members(request)) return problem(request, *error);

    const auto changed = (context.orchestrator.*change)(*id, caller_of(request));
    if (!changed) return problem(request, changed.error());
    return with_version(
        cutoff_reply("stream_key", to_json(changed->key, context.orchestrator.now()),
                     changed->cutoff),
        record_version(changed->key));
}

}  // namespace

HttpResponse list_stream_keys(const Context& context, const HttpRequest& request) {
    QueryReader query(request);
    StreamKeyFilter filter;
    filter.broadcaster_id = query.id<BroadcasterId>("broadcaster_id");
    read_broadcaster(query, filter);
    filter.incident_id = query.id<IncidentId>("incident_id");
    filter.label = query.text("label");
    filter.playback_path = query.text("playback_path");
    filter.status = query.word<StreamKeyStatus>("status", "active, revoked or expired");
    filter.disabled = query.optional_flag("disabled");
    const PageRequest page = query.page();
    if (const auto error = query.error()) return problem(request, *error);

    const ApiCredential* const reader = request.credential.get();
    const bool is_whole = filter.is_empty() && !page.limit && !page.after &&
                          (reader == nullptr || !reader->is_restricted());
    if (is_whole && context.protection != nullptr) {
        auto list = context.protection->key_list.json(context.orchestrator);
        if (!list) return problem(request, list.error());
        return json_reply(200, *std::move(list));
    }
    const auto keys = context.orchestrator.list_stream_keys(filter, page, reader);
    if (!keys) return problem(request, keys.error());
    const Timestamp now = context.orchestrator.now();
    return list_reply("stream_keys", *keys,
                      [&](const StreamKey& key) { return to_json(key, now); });
}

HttpResponse create_stream_key(const Context& context, const HttpRequest& request) {
    StreamOrchestrator& orchestrator = context.orchestrator;
    BodyReader body(request.body);
    const NewStreamKey input = fields::read_new_stream_key(body, orchestrator.now());
    if (const auto error = body.error()) return problem(request, *error);

    const auto created = orchestrator.create_stream_key(input, caller_of(request));
    if (!created) return problem(request, created.error());
    return with_version(
        created_reply(
            "/stream-keys/" + created->key.id.to_string(),
            to_json(*created, orchestrator.encoder_addresses(created->key, created->value),
                    orchestrator.viewer_addresses(created->key), orchestrator.now())),
        record_version(created->key));
}

HttpResponse show_stream_key(const Context& context, const HttpRequest& request) {
    const auto id = path_id<StreamKeyId>(request);
    if (!id) return problem(request, id.error());

    const auto key = context.orchestrator.find_stream_key(*id, request.credential.get());
    if (!key) return problem(request, key.error());
    return key_reply(context, *key);
}

HttpResponse update_stream_key(const Context& context, const HttpRequest& request) {
    const auto id = path_id<StreamKeyId>(request);
    if (!id) return problem(request, id.error());
    BodyReader body(request.body);
    const StreamKeyPatch patch = fields::read_stream_key_patch(body, context.orchestrator.now());
    if (const auto error = body.error()) return problem(request, *error);

    const auto updated = context.orchestrator.update_stream_key(*id, patch, caller_of(request));
    if (!updated) return problem(request, updated.error());
    return key_reply(context, *updated);
}

HttpResponse delete_stream_key(const Context& context, const HttpRequest& request) {
    const auto id = path_id<StreamKeyId>(request);
    if (!id) return problem(request, id.error());

    const auto revoked = context.orchestrator.revoke_stream_key(*id, caller_of(request));
    if (!revoked) return problem(request, revoked.error());
    return with_version(cutoff_reply(revoked->cutoff), record_version(revoked->key));
}

HttpResponse revoke_stream_key(const Context& context, const HttpRequest& request) {
    return change_key(context, request, &StreamOrchestrator::revoke_stream_key);
}

HttpResponse disable_stream_key(const Context& context, const HttpRequest& request) {
    return change_key(context, request, &StreamOrchestrator::disable_stream_key);
}

HttpResponse enable_stream_key(const Context& context, const HttpRequest& request) {
    return change_key(context, request, &StreamOrchestrator::enable_stream_key);
}

HttpResponse rotate_stream_key(const Context& context, const HttpRequest& request) {
    StreamOrchestrator& orchestrator = context.orchestrator;
    const auto id = path_id<StreamKeyId>(request);
    if (!id) return problem(request, id.error());
    BodyReader body(body_or_empty_object(request));
    const auto overlap = body.seconds("overlap_seconds", seconds(0), kMaxOverlap);
    if (const auto error = body.error()) return problem(request, *error);

    const auto rotated =
        orchestrator.rotate_stream_key(*id, overlap.value_or(seconds(0)), caller_of(request));
    if (!rotated) return problem(request, rotated.error());
    return with_version(
        json_reply(200,
                   to_json(*rotated, orchestrator.encoder_addresses(rotated->key, rotated->value),
                           orchestrator.viewer_addresses(rotated->key), orchestrator.now())),
        record_version(rotated->key));
}

}  // namespace rescuestream::server
