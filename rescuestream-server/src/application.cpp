#include "application.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "auth/replay.hpp"
#include "cors.hpp"
#include "problem.hpp"
#include "query_reader.hpp"
#include "refusals.hpp"
#include "rescuestream/secret.hpp"
#include "router.hpp"
#include "support/make_uuid.hpp"
#include "support/redaction.hpp"
#include "support/text.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMaxRequestId = 128;

bool is_sane_request_id(std::string_view id) {
    if (id.empty() || id.size() > kMaxRequestId) return false;
    for (const char c : id) {
        const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == ':';
        if (!good) return false;
    }
    return !holds_key_value(id);
}

std::string request_id_of(const HttpRequest& request) {
    const auto given = request.header("x-request-id");
    if (given && is_sane_request_id(*given)) return std::string(*given);
    return make_uuid(system_clock().now(), system_random()).to_string();
}

bool is_json(std::string_view content_type) {
    std::string type;
    for (const char c : content_type.substr(0, content_type.find(';'))) {
        if (c == ' ' || c == '\t') continue;
        type += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return type == "application/json" ||
           (type.starts_with("application/") && type.ends_with("+json"));
}

// Whether the body is something else than it looks like; `identity` says that it is not. Source:
// RFC 9110 section 8.4, which gives codings in a list, in any case.
bool is_encoded(const HttpRequest& request) {
    for (const auto& [name, value] : request.headers) {
        if (name != "content-encoding") continue;
        std::string coding;
        for (const char c : value + ",") {
            if (c == ' ' || c == '\t') continue;
            if (c != ',') {
                coding += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
                continue;
            }
            if (!coding.empty() && coding != "identity") return true;
            coding.clear();
        }
    }
    return false;
}

std::optional<HttpResponse> read_body(HttpRequest& request, BodySource& body, std::size_t limit) {
    if (!body.present()) return std::nullopt;
    switch (body.read(limit, request.body)) {
        case BodyOutcome::kComplete:
            return std::nullopt;
        case BodyOutcome::kTooLarge:
            return problem(request, ProblemKind::kPayloadTooLarge,
                           fmt::format("The body is larger than {} bytes.", limit));
        case BodyOutcome::kMalformed:
            return problem(request, ProblemKind::kInvalidRequest,
                           "The body's chunks are malformed.");
        case BodyOutcome::kBroken:
            return problem(request, ProblemKind::kRequestTimeout,
                           "The body did not arrive, or not whole.");
    }
    return std::nullopt;
}

std::optional<HttpResponse> check_media_type(const HttpRequest& request) {
    if (request.body.empty()) return std::nullopt;
    const auto type = request.header("content-type");
    if (type && is_json(*type)) return std::nullopt;
    return problem(request, ProblemKind::kUnsupportedMediaType,
                   "The body must be JSON: send it with Content-Type: application/json.");
}

bool is_change(const HttpRequest& request) {
    return request.method != "GET" && request.method != "HEAD";
}

bool is_admin(const Route& route) {
    return route.access == Access::kAdmin;
}

// What a browser must not do with an answer. Source: OWASP, "HTTP Headers Cheat Sheet".
void add_security_headers(const Settings& settings, HttpResponse& response) {
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("X-Frame-Options", "DENY");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; frame-ancestors 'none'");
    if (!settings.tls_certificate.empty()) {
        response.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
    }
}

bool has_header(const HttpResponse& response, std::string_view name) {
    return std::any_of(response.headers.begin(), response.headers.end(),
                       [&](const auto& header) { return header.first == name; });
}

class BodyInRequest final : public BodySource {
public:
    explicit BodyInRequest(std::string body) : body_(std::move(body)) {}
    bool present() const noexcept override { return !body_.empty(); }
    BodyOutcome read(std::size_t limit, std::string& out) override {
        if (body_.size() > limit) return BodyOutcome::kTooLarge;
        out = std::move(body_);
        return BodyOutcome::kComplete;
    }
    bool sender_has_gone() const override { return false; }

private:
    std::string body_;
};

}  // namespace

// One request on its way.
struct Application::Call {
    HttpRequest request;
    std::string_view route;
    steady_clock::time_point begun = steady_clock::now();
    Respond respond;
};

Application::~Application() {
    if (context_.protection != nullptr) context_.protection->snapshots.stop();
}

std::optional<HttpResponse> Application::answer(const std::shared_ptr<Call>& call,
                                                BodySource& body) const {
    HttpRequest& request = call->request;
    if (!is_clean_utf8(request.path) || !request.path.starts_with('/')) {
        return problem(request, ProblemKind::kInvalidRequest,
                       "The path must be percent-encoded UTF-8 without NUL characters.");
    }
    RouteMatch match = find_route(request.method, request.encoded_path());
    const bool is_elsewhere =
        match.route != nullptr && request.media_only && is_admin(*match.route);
    if (is_elsewhere || (match.route == nullptr && match.allow.empty())) {
        return problem(request, ProblemKind::kNotFound,
                       "There is no such route. /openapi.json lists them.");
    }
    if (match.route == nullptr) {
        if (auto preflight = answer_preflight(request, match.allow, context_.settings)) {
            return *std::move(preflight);
        }
        HttpResponse response = problem(request, ProblemKind::kMethodNotAllowed,
                                        fmt::format("This route takes {} only.", match.allow));
        response.headers.emplace_back("Allow", match.allow);
        return response;
    }
    const Route& route = *match.route;
    call->route = route.pattern;
    request.path_segments = std::move(match.segments);

    Identity identity =
        credentials_.before_body(request, route.access, CredentialCheck::Counting::kCounts);
    if (!identity.problem.empty()) return refuse_credential(request, route.access, identity);
    if (is_encoded(request)) {
        return problem(request, ProblemKind::kUnsupportedMediaType,
                       "A body must be sent without Content-Encoding.");
    }
    if (auto refusal = read_body(request, body, route.body_limit)) return *std::move(refusal);
    identity = credentials_.with_body(request, std::move(identity), route.access,
                                      context_.orchestrator.now());
    if (!identity.problem.empty()) return refuse_credential(request, route.access, identity);
    request.actor = std::move(identity.actor);
    if (auto refusal = check_media_type(request)) return *std::move(refusal);
    // A server that was held up would undo what its caller, tired of waiting, has done since.
    if (route.access == Access::kAdmin && is_change(request) && body.sender_has_gone()) {
        return problem(request, ProblemKind::kRequestTimeout,
                       "The caller hung up before the request was carried out; nothing changed.");
    }
    if (route.access == Access::kAdmin && is_change(request) && request.has_header("x-signature")) {
        if (auto refusal = refuse_replay(context_.orchestrator, request))
            return *std::move(refusal);
    }
    if (const auto* handler = std::get_if<Handler>(&route.handler)) {
        return this->call(route, *handler, request);
    }
    std::get<UnhurriedHandler>(route.handler)(
        context_, request, [this, call](HttpResponse response) {
            call->respond(finish(call->request, std::move(response), call->route, call->begun));
        });
    return std::nullopt;
}

HttpResponse Application::call(const Route& route, Handler handler,
                               const HttpRequest& request) const {
    Protection* const protection = context_.protection;
    const auto wrong_query =
        route.access == Access::kMedia ? std::nullopt : check_query(request, route.query);
    const auto answer = [&] {
        return wrong_query ? problem(request, *wrong_query) : handler(context_, request);
    };
    if (route.access != Access::kAdmin || protection == nullptr) {
        HttpResponse response = answer();
        if (route.access == Access::kAdmin) {
            response.headers.emplace_back("Cache-Control", "no-store");
        }
        return response;
    }
    std::optional<RateLimit::Outcome> rate;
    if (protection->api_calls) {
        rate = protection->api_calls->take(request.actor, steady_clock::now());
    }
    HttpResponse response;
    if (rate && !rate->allowed) {
        response = too_many(request, rate->reset, "This credential sends too many requests.");
    } else if (route.is_shared) {
        response = wrong_query ? answer()
                               : protection->snapshots.get(
                                     request, [this, handler](const HttpRequest& asked) {
                                         return handler(context_, asked);
                                     });
    } else {
        response = answer();
    }
    if (rate) add_rate_headers(*protection->api_calls, *rate, response);
    // Answers hold key values, once, and what is true at this moment only.
    const bool is_kept = has_header(response, "ETag");
    if (!is_kept) response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

Application::Screening Application::screen(const HttpRequest& request,
                                           bool media_only) const noexcept {
    try {
        const RouteMatch match = find_route(request.method, request.encoded_path());
        if (match.route == nullptr || (media_only && is_admin(*match.route))) return {};
        const Route& route = *match.route;
        // Refused in `answer`, which needs no body for it.
        const Identity identity =
            credentials_.before_body(request, route.access, CredentialCheck::Counting::kNotYet);
        if (!identity.problem.empty() || is_encoded(request)) {
            return {route.work == Work::kAuth ? Work::kAuth : Work::kProbe, 0};
        }
        return {route.work, route.body_limit};
    } catch (...) {
        return {};
    }
}

HttpResponse Application::finish(const HttpRequest& request, HttpResponse response,
                                 std::string_view route,
                                 steady_clock::time_point begun) const noexcept {
    try {
        response.headers.emplace_back("X-Request-ID", request.request_id);
        if (response.status == 503 && !has_header(response, "Retry-After")) {
            response.headers.emplace_back("Retry-After", "1");
        }
        // Nobody browses what the media server asks.
        if (response.auth_decision.empty()) {
            add_security_headers(context_.settings, response);
            add_cors_headers(request, context_.settings, response);
        }
        if (observer_ != nullptr) {
            const std::string path = redact_key_values(shown_path(request));
            observer_->on_request(
                {route.empty() ? "OTHER" : std::string_view(request.method),
                 route.empty() ? "none" : route, path, response.status,
                 std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begun),
                 request.actor, response.auth_decision, request.remote_address,
                 request.request_id});
        }
    } catch (...) {
        // Out of memory: the answer goes out without what could not be added.
    }
    return response;
}

void Application::handle(HttpRequest request, BodySource& body, Respond respond) const noexcept {
    const auto call = std::make_shared<Call>();
    call->request = std::move(request);
    call->respond = std::move(respond);
    std::optional<HttpResponse> response;
    try {
        call->request.request_id = request_id_of(call->request);
        response = answer(call, body);
        if (!response) return;
    } catch (const std::exception& error) {
        context_.logger.error("a handler failed", {{"route", std::string(call->route)},
                                                   {"request_id", call->request.request_id},
                                                   {"error", error.what()}});
        response.emplace();
        response->status = problem_type(ProblemKind::kInternalError).status;
        try {
            response = problem(call->request, ProblemKind::kInternalError,
                               "The server could not do this. Its log has the details under the "
                               "request id.");
        } catch (...) {
            // The status alone has to do.
        }
    }
    call->respond(finish(call->request, *std::move(response), call->route, call->begun));
}

HttpResponse Application::handle(HttpRequest request, BodySource& body) const noexcept {
    std::promise<HttpResponse> answered;
    handle(std::move(request), body,
           [&](HttpResponse response) { answered.set_value(std::move(response)); });
    return answered.get_future().get();
}

HttpResponse Application::handle(HttpRequest request) const noexcept {
    BodyInRequest body(std::move(request.body));
    request.body.clear();
    return handle(std::move(request), body);
}

HttpResponse Application::refuse(HttpRequest request, int status,
                                 std::string_view why) const noexcept {
    const auto begun = steady_clock::now();
    HttpResponse response;
    response.status = status;
    try {
        request.request_id = request_id_of(request);
        for (const auto& type : problem_types()) {
            if (type.status == status) {
                response = problem(request, type.kind, why);
                break;
            }
        }
    } catch (...) {
        // As above.
    }
    return finish(request, std::move(response), {}, begun);
}

}  // namespace rescuestream::server
