#include "caller.hpp"
#include "problem.hpp"
#include "reply.hpp"
#include "request_readers.hpp"
#include "rescuestream/json.hpp"
#include "routes/handlers.hpp"

namespace rescuestream::server {
namespace {

constexpr std::size_t kMaxPage = 1'000;

}  // namespace

HttpResponse list_stream_keys(const Context& context, const HttpRequest& request) {
    QueryReader query(request);
    StreamKeyFilter filter;
    filter.broadcaster_id = query.id<BroadcasterId>("broadcaster_id");
    const PageRequest page = query.page(kMaxPage);
    if (const auto error = query.error()) return problem(request, *error);

    const auto keys = context.orchestrator.list_stream_keys(filter, page);
    if (!keys) return problem(request, keys.error());
    const Timestamp now = context.orchestrator.now();
    return list_reply("stream_keys", *keys,
                      [&](const StreamKey& key) { return to_json(key, now); });
}

HttpResponse create_stream_key(const Context& context, const HttpRequest& request) {
    StreamOrchestrator& orchestrator = context.orchestrator;
    BodyReader body(request.body);
    NewStreamKey input;
    input.broadcaster_id = body.required_id<BroadcasterId>("broadcaster_id");
    input.label = body.text("label", {.may_be_blank = true}).value_or("");
    input.playback_path = body.path_name("playback_path");
    input.expires_at = body.future_time("expires_at", orchestrator.now());
    input.on_duplicate =
        body.word<OnDuplicate>("on_duplicate", "reject_if_healthy, reject or takeover");
    if (const auto error = body.error()) return problem(request, *error);

    const auto created = orchestrator.create_stream_key(input, caller_of(request));
    if (!created) return problem(request, created.error());
    return created_reply(
        "/stream-keys/" + created->key.id.to_string(),
        to_json(*created, orchestrator.encoder_addresses(created->key, created->value),
                orchestrator.viewer_addresses(created->key), orchestrator.now()));
}

HttpResponse show_stream_key(const Context& context, const HttpRequest& request) {
    const auto id = path_id<StreamKeyId>(request);
    if (!id) return problem(request, id.error());

    const auto key = context.orchestrator.find_stream_key(*id);
    if (!key) return problem(request, key.error());
    return json_reply(200, to_json(*key, context.orchestrator.now()));
}

HttpResponse delete_stream_key(const Context& context, const HttpRequest& request) {
    const auto id = path_id<StreamKeyId>(request);
    if (!id) return problem(request, id.error());

    const auto revoked = context.orchestrator.revoke_stream_key(*id, caller_of(request));
    if (!revoked) return problem(request, revoked.error());
    return cutoff_reply(revoked->cutoff);
}

HttpResponse revoke_stream_key(const Context& context, const HttpRequest& request) {
    const auto id = path_id<StreamKeyId>(request);
    if (!id) return problem(request, id.error());
    if (const auto error = check_no_members(request.body)) return problem(request, *error);

    const auto revoked = context.orchestrator.revoke_stream_key(*id, caller_of(request));
    if (!revoked) return problem(request, revoked.error());
    return cutoff_reply("stream_key", to_json(revoked->key, context.orchestrator.now()),
                        revoked->cutoff);
}

}  // namespace rescuestream::server
