#include "application.hpp"

#include <array>
#include <exception>

#include "auth/credentials.hpp"
#include "problem.hpp"
#include "support/crypto.hpp"

namespace rescuestream::server {
namespace {

constexpr std::size_t kMediaBodyLimit = 64UL * 1024;
constexpr std::size_t kAdminBodyLimit = 1024UL * 1024;
constexpr std::size_t kMaxRequestIdLength = 128;

bool is_media_path(std::string_view path) noexcept {
    return path == "/auth" || path.starts_with("/webhook/");
}

// A caller's id is kept when it can stand in a header and a log line without harm.
bool is_sane_request_id(std::string_view id) noexcept {
    if (id.empty() || id.size() > kMaxRequestIdLength) return false;
    for (const char c : id) {
        const bool word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!word && c != '-' && c != '_' && c != '.' && c != ':' && c != '/') return false;
    }
    return redact_key_values(id) == id;
}

std::string request_id_of(const HttpRequest& request) {
    if (const auto given = request.header("X-Request-ID"); given && is_sane_request_id(*given)) {
        return std::string(*given);
    }
    std::array<std::uint8_t, 12> bytes{};
    system_random().fill(bytes);
    return to_hex(bytes);
}

// The path against a pattern with at most one segment in braces, which goes to `id`.
bool matches(std::string_view pattern, std::string_view path, std::string& id) {
    const auto open = pattern.find('{');
    if (open == std::string_view::npos) return pattern == path;
    const std::string_view prefix = pattern.substr(0, open);
    const std::string_view suffix = pattern.substr(pattern.find('}') + 1);
    if (path.size() <= prefix.size() + suffix.size() || !path.starts_with(prefix) ||
        !path.ends_with(suffix)) {
        return false;
    }
    const std::string_view segment =
        path.substr(prefix.size(), path.size() - prefix.size() - suffix.size());
    if (segment.find('/') != std::string_view::npos) return false;
    id = segment;
    return true;
}

bool is_json_type(std::string_view content_type) {
    const std::string_view type = content_type.substr(0, content_type.find(';'));
    const auto last = type.find_last_not_of(" \t");
    return last != std::string_view::npos &&
           same_header_name(type.substr(0, last + 1), "application/json");
}

HttpResponse method_not_allowed(const std::string& allowed) {
    HttpResponse response =
        problem_response(Problem::kMethodNotAllowed,
                         "This address does not have this method, only " + allowed + ".");
    response.headers.emplace_back("Allow", allowed);
    return response;
}

}  // namespace

Application::Application(StreamOrchestrator& orchestrator, const Settings& settings, Logger& logger,
                         RequestObserver* observer)
    : orchestrator_(orchestrator), settings_(settings), logger_(logger), observer_(observer) {}

std::size_t Application::body_limit(std::string_view path) noexcept {
    return is_media_path(path) ? kMediaBodyLimit : kAdminBodyLimit;
}

HttpResponse Application::handle(const HttpRequest& request) {
    const auto began = std::chrono::steady_clock::now();
    const std::string request_id = request_id_of(request);
    const std::string shown_path = redact_key_values(request.path);
    Context context{orchestrator_, settings_, logger_, request, {}, {}, {}};
    context.caller = {"", request.method, shown_path, request.remote_address, request_id};

    std::string_view route = "unknown";
    HttpResponse response;
    try {
        response = answer(request, context, route);
    } catch (const std::exception& error) {
        logger_.error("a request failed", {{"request_id", request_id}, {"error", error.what()}});
        response =
            problem_response(Problem::kInternalError, "The server failed to answer this request.");
    }
    finish_problem(response, request.path, request_id);
    response.headers.emplace_back("X-Request-ID", request_id);

    if (observer_ != nullptr) {
        RequestRecord record;
        record.method = request.method;
        record.route = route;
        record.status = response.status;
        record.duration = std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - began);
        record.request_id = request_id;
        record.remote_address = request.remote_address;
        record.path = shown_path;
        record.actor = context.caller.actor;
        record.auth_decision = context.auth_decision;
        observer_->on_request(record);
    }
    return response;
}

HttpResponse Application::answer(const HttpRequest& request, Context& context,
                                 std::string_view& route) {
    // HEAD is GET without its body, which the adapter leaves out.
    const std::string_view method = request.method == "HEAD" ? "GET" : request.method;
    const Route* found = nullptr;
    std::string allowed;
    for (const auto& candidate : all_routes()) {
        if (!matches(candidate.pattern, request.path, context.id)) continue;
        if (candidate.method == method) {
            found = &candidate;
            break;
        }
        if (!allowed.empty()) allowed += ", ";
        allowed += candidate.method;
        if (candidate.method == "GET") allowed += ", HEAD";
    }
    if (found == nullptr) {
        if (!allowed.empty()) return method_not_allowed(allowed);
        return problem_response(Problem::kNotFound, "There is nothing at this address.");
    }
    route = found->pattern;

    // Who may not call learns nothing else. A body that was cut off cannot be checked against its
    // signature: it is refused for its size.
    const bool may_call =
        found->access == Access::kAnyone ||
        (found->access == Access::kMedia && authenticate_media(request, settings_));
    if (found->access == Access::kAdmin && !request.body_too_large) {
        const auto actor = authenticate_admin(request, settings_, orchestrator_.now());
        if (!actor) {
            return problem_response(Problem::kUnauthorized,
                                    "The credential is missing, stale or wrong.");
        }
        context.caller.actor = *actor;
    } else if (found->access != Access::kAdmin && !may_call) {
        return problem_response(Problem::kUnauthorized,
                                "The credential is missing, stale or wrong.");
    }
    if (request.body_too_large) {
        return problem_response(
            Problem::kContentTooLarge,
            "The body is larger than " + std::to_string(body_limit(request.path)) + " bytes.");
    }
    if (const auto encoding = request.header("Content-Encoding");
        encoding && !same_header_name(*encoding, "identity")) {
        return problem_response(Problem::kUnsupportedMediaType, "The body must not be compressed.");
    }
    if (!request.body.empty() && !is_json_type(request.header("Content-Type").value_or(""))) {
        return problem_response(Problem::kUnsupportedMediaType,
                                "The body must be JSON, with Content-Type: application/json.");
    }
    return found->handler(context);
}

}  // namespace rescuestream::server
