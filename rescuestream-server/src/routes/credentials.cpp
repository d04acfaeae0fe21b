#include "routes/credentials.hpp"

#include <fmt/format.h>

#include "auth/credentials.hpp"
#include "body_reader.hpp"
#include "caller.hpp"
#include "entity_tag.hpp"
#include "fields/api_credential_json.hpp"
#include "json/member_io.hpp"
#include "json/object.hpp"
#include "problem.hpp"
#include "protection.hpp"
#include "query_reader.hpp"
#include "refusals.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/record_version.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {
namespace {

constexpr std::chrono::seconds kMaxSecretOverlap = std::chrono::hours(30 * 24);

Result<ApiCredentialId> path_credential(const HttpRequest& request) {
    auto id = ApiCredentialId::parse(request.path_segments.at(0));
    if (id) return *std::move(id);
    return Error{ErrorCode::kInvalidArgument,
                 "The id in the path must be that of a credential.",
                 {},
                 {{"/id", "must be 12 characters of a-z and 2-7"}}};
}

std::string session_cookie(const Context& context, const HttpRequest& request,
                           std::string_view token, std::chrono::seconds age) {
    const bool is_secure =
        !context.settings.tls_certificate.empty() || request.header("x-forwarded-proto") == "https";
    return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", kSessionCookie,
                       token, age.count(), is_secure ? "; Secure" : "");
}

HttpResponse credential_reply(const Context& context, const ApiCredential& credential) {
    return with_version(json_reply(200, to_json(credential, context.orchestrator.now())),
                        record_version(credential));
}

}  // namespace

HttpResponse list_credentials(const Context& context, const HttpRequest& request) {
    auto found = context.orchestrator.list_credentials(request.credential.get());
    if (!found) return problem(request, found.error());
    const Timestamp now = context.orchestrator.now();
    return list_reply("credentials", Page<ApiCredential>{*std::move(found), std::nullopt},
                      [&](const ApiCredential& each) { return to_json(each, now); });
}

HttpResponse create_credential(const Context& context, const HttpRequest& request) {
    BodyReader body(request.body);
    const NewApiCredential input =
        fields::read_new_api_credential(body, context.orchestrator.now());
    if (const auto error = body.error()) return problem(request, *error);

    const auto created = context.orchestrator.create_credential(input, caller_of(request));
    if (!created) return problem(request, created.error());
    return with_version(created_reply("/credentials/" + created->credential.id.value,
                                      to_json(*created, context.orchestrator.now())),
                        record_version(created->credential));
}

HttpResponse show_credential(const Context& context, const HttpRequest& request) {
    const auto id = path_credential(request);
    if (!id) return problem(request, id.error());

    const auto found = context.orchestrator.find_credential(*id, request.credential.get());
    if (!found) return problem(request, found.error());
    return credential_reply(context, *found);
}

HttpResponse update_credential(const Context& context, const HttpRequest& request) {
    const auto id = path_credential(request);
    if (!id) return problem(request, id.error());
    BodyReader body(request.body);
    const ApiCredentialPatch patch =
        fields::read_api_credential_patch(body, context.orchestrator.now());
    if (const auto error = body.error()) return problem(request, *error);

    const auto updated = context.orchestrator.update_credential(*id, patch, caller_of(request));
    if (!updated) return problem(request, updated.error());
    return credential_reply(context, *updated);
}

HttpResponse delete_credential(const Context& context, const HttpRequest& request) {
    const auto id = path_credential(request);
    if (!id) return problem(request, id.error());

    const auto deleted = context.orchestrator.delete_credential(*id, caller_of(request));
    return deleted ? empty_reply() : problem(request, deleted.error());
}

HttpResponse rotate_credential(const Context& context, const HttpRequest& request) {
    const auto id = path_credential(request);
    if (!id) return problem(request, id.error());
    BodyReader body(body_or_empty_object(request));
    const auto overlap =
        body.seconds("overlap_seconds", std::chrono::seconds(0), kMaxSecretOverlap);
    if (const auto error = body.error()) return problem(request, *error);

    const auto rotated = context.orchestrator.rotate_credential(
        *id, overlap.value_or(std::chrono::seconds(0)), caller_of(request));
    if (!rotated) return problem(request, rotated.error());
    return with_version(json_reply(200, to_json(*rotated, context.orchestrator.now())),
                        record_version(rotated->credential));
}

HttpResponse revoke_credential(const Context& context, const HttpRequest& request) {
    const auto id = path_credential(request);
    if (!id) return problem(request, id.error());
    if (const auto error = check_no_members(request)) return problem(request, *error);

    const auto revoked = context.orchestrator.revoke_credential(*id, caller_of(request));
    if (!revoked) return problem(request, revoked.error());
    return credential_reply(context, *revoked);
}

HttpResponse create_session(const Context& context, const HttpRequest& request) {
    if (const auto error = check_no_members(request)) return problem(request, *error);
    if (context.protection != nullptr) {
        const auto outcome = context.protection->new_sessions.take(
            account_of(request), std::chrono::steady_clock::now());
        if (!outcome.allowed) {
            return too_many(request, outcome.reset,
                            "Too many sessions are made with this credential: use the one that you "
                            "have.");
        }
    }

    const Secret secret(std::string(credential_text(request).value_or("")));
    const auto made = context.orchestrator.create_session(secret, caller_of(request));
    if (!made) return problem(request, made.error());
    HttpResponse response = json_reply(201, json::object([&](json::Writer& writer) {
                                           json::MemberWriter io(writer);
                                           io.required("actor", request.actor);
                                           io.required("csrf_token", made->csrf_token.reveal());
                                           io.required("expires_at", made->expires_at);
                                       }));
    const auto age = made->expires_at - context.orchestrator.now();
    response.headers.emplace_back(
        "Set-Cookie", session_cookie(context, request, made->token.reveal(),
                                     std::chrono::duration_cast<std::chrono::seconds>(age)));
    return response;
}

HttpResponse end_session(const Context& context, const HttpRequest& request) {
    const auto ended =
        context.orchestrator.end_session(session_token(request).value_or(""), caller_of(request));
    if (!ended) return problem(request, ended.error());
    HttpResponse response = empty_reply();
    response.headers.emplace_back("Set-Cookie",
                                  session_cookie(context, request, "", std::chrono::seconds(0)));
    return response;
}

HttpResponse show_caller(const Context& context, const HttpRequest& request) {
    const auto& credential = request.credential;
    const Scopes scopes = credential ? credential->scopes : Scopes{Scope::kAdmin};
    const std::string body = json::object([&](json::Writer& writer) {
        json::MemberWriter io(writer);
        io.required("actor", request.actor);
        io.required("address", request.remote_address);
        json::write(writer, "scopes");
        writer.StartArray();
        for (const Scope scope : scopes.all()) json::write(writer, to_string(scope));
        writer.EndArray();
        if (!request.csrf_token.empty()) io.required("csrf_token", request.csrf_token);
        if (credential) {
            ApiCredential shown = *credential;
            shown.made_by = visible_actor(std::move(shown.made_by), credential.get());
            json::raw_member(writer, "credential", to_json(shown, context.orchestrator.now()));
        }
    });
    return json_reply(200, body);
}

}  // namespace rescuestream::server
