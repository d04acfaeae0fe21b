#include "routes/playback.hpp"

#include "body_reader.hpp"
#include "caller.hpp"
#include "entity_tag.hpp"
#include "fields/playback_json.hpp"
#include "problem.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/record_version.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
HttpResponse mint_playback_token(const Context& context, const HttpRequest& request) {
    BodyReader body(request.body);
    const NewPlaybackToken input =
        fields::read_new_playback_token(body, context.orchestrator.now());
    if (const auto error = body.error()) return problem(request, *error);

    const auto minted = context.orchestrator.mint_playback_token(input, caller_of(request));
    if (!minted) return problem(request, minted.error());
    return json_reply(201, to_json(*minted));
}

HttpResponse revoke_playback_tokens(const Context& context, const HttpRequest& request) {
    BodyReader body(request.body);
    const auto target = fields::read_revocation(body);
    if (const auto error = body.error()) return problem(request, *error);
    const auto revoked =
        context.orchestrator.revoke_playback_tokens(target.by, target.value, caller_of(request));
    if (!revoked) return problem(request, revoked.error());
    return json_reply(200, to_json(*revoked));
}

HttpResponse list_playback_keys(const Context& context, const HttpRequest& request) {
    auto keys = context.orchestrator.list_playback_keys();
    if (!keys) return problem(request, keys.error());
    const Page<PlaybackKey> whole{*std::move(keys), std::nullopt};
    return list_reply("playback_keys", whole, [](const PlaybackKey& key) { return to_json(key); });
}

HttpResponse import_playback_key(const Context& context, const HttpRequest& request) {
    BodyReader body(request.body);
    const NewPlaybackKey input = fields::read_new_playback_key(body, context.orchestrator.now());
    if (const auto error = body.error()) return problem(request, *error);

    const auto imported = context.orchestrator.import_playback_key(input, caller_of(request));
    if (!imported) return problem(request, imported.error());
    return with_version(json_reply(201, to_json(*imported)), record_version(*imported));
}

HttpResponse rotate_playback_key(const Context& context, const HttpRequest& request) {
    BodyReader body(body_or_empty_object(request));
    const auto overlap =
        body.seconds("overlap_seconds", std::chrono::seconds(0), kLongestTokenLife);
    if (const auto error = body.error()) return problem(request, *error);

    const auto key = context.orchestrator.rotate_playback_key(overlap.value_or(kLongestTokenLife),
                                                              caller_of(request));
    if (!key) return problem(request, key.error());
    return with_version(json_reply(201, to_json(*key)), record_version(*key));
}

HttpResponse delete_playback_key(const Context& context, const HttpRequest& request) {
    const auto ended =
        context.orchestrator.end_playback_key(request.path_segments.at(0), caller_of(request));
    return ended ? empty_reply() : problem(request, ended.error());
}

HttpResponse show_jwks(const Context& context, const HttpRequest& request) {
    auto keys = context.orchestrator.playback_jwks();
    if (!keys) return problem(request, keys.error());
    return json_reply(200, *std::move(keys));
}

}  // namespace rescuestream::server
