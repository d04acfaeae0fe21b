#include "media/mediamtx/http_exchange.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "http/guarded_stream.hpp"
#include "support/connection_trouble.hpp"
#include "support/regular_file.hpp"

namespace rescuestream::mediamtx {
namespace {

constexpr std::size_t kMaxIdleClients = 16;
// For finding out why there was no answer.
constexpr std::chrono::milliseconds kShortestSearch{200};
// What programs written in Go answer to plain HTTP where they expect TLS.
constexpr std::string_view kAnswerOfTlsServer = "HTTP request to an HTTPS server";

Error unavailable(std::string message, std::string detail = {}) {
    return {ErrorCode::kUnavailable, std::move(message), std::move(detail), {}};
}

// Returns the path without its query, and with `{name}` in place of the name that follows a verb,
// because that may be a key value.
std::string route_of(std::string_view target) {
    target = target.substr(0, target.find('?'));
    std::size_t name = std::string_view::npos;
    for (const std::string_view verb : {"/get/", "/kick/", "/add/", "/patch/", "/delete/"}) {
        const auto at = target.find(verb);  // the first one: a name may contain such a word, too
        if (at != std::string_view::npos) name = std::min(name, at + verb.size());
    }
    if (name < target.size()) return std::string(target.substr(0, name)) + "{name}";
    return std::string(target);
}

}  // namespace

struct HttpExchange::Client : http::Client {};

HttpExchange::HttpExchange(const MediaMtxOptions& options)
    : options_(options), url_(parse_http_url(options.api_url).value()) {}

HttpExchange::~HttpExchange() = default;

std::unique_ptr<HttpExchange::Client> HttpExchange::take_client() {
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            auto client = std::move(idle_.back());
            idle_.pop_back();
            return client;
        }
    }
    auto client = std::make_unique<Client>(Client{http::make_client(url_)});
    auto& http = *client->http;
    if (!options_.ca_file.empty()) http.set_ca_cert_path(options_.ca_file);
    http.set_keep_alive(true);
    http.set_tcp_nodelay(true);
    http.set_url_encode(false);
    http.set_decompress(false);
    http.set_follow_location(false);
    if (!options_.user.empty() || !options_.password.empty()) {
        http.set_basic_auth(options_.user, options_.password.reveal());
    }
    return client;
}

void HttpExchange::keep_client(std::unique_ptr<Client> client) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMaxIdleClients) idle_.push_back(std::move(client));
}

Result<HttpReply> HttpExchange::send(const HttpQuestion& question, Deadline deadline,
                                     std::size_t max_bytes) {
    Span span = begin_span(question);
    const SpanScope scope(span);
    auto reply = exchange(question, deadline, max_bytes);
    if (!span.records()) return reply;
    if (!reply) {
        span.fail(to_string(reply.error().code), reply.error().message);
        return reply;
    }
    span.set("http.response.status_code", std::int64_t{reply->status});
    // Of a client, every error status is a failure.
    if (reply->status >= 400) span.fail(std::to_string(reply->status));
    return reply;
}

Span HttpExchange::begin_span(const HttpQuestion& question) const {
    const ActiveSpan* const parent = current_span();
    if (parent == nullptr || !parent->context.sampled) return {};
    const std::string route = route_of(question.target);
    Span span = child_span(question.method + ' ' + route, SpanKind::kClient);
    span.set("http.request.method", question.method);
    span.set("server.address", url_.host);
    span.set("server.port", std::int64_t{url_.port});
    span.set("url.template", route);
    span.set("url.full", url_.origin() + route);
    return span;
}

Result<HttpReply> HttpExchange::exchange(const HttpQuestion& question, Deadline deadline,
                                         std::size_t max_bytes) {
    // OpenSSL would wait for somebody to write to a named pipe.
    if (!options_.ca_file.empty() && !may_be_read_as_file(options_.ca_file)) {
        return unavailable(
            "The media server cannot be reached: MEDIAMTX_API_CA is no ordinary file.");
    }
    auto client = take_client();
    // A server may close a kept connection at the moment when it is used again. httplib then opens
    // a new one for the second attempt.
    const bool may_be_stale = client->http->is_socket_open() != 0 && question.method == "GET";
    http::ExchangeLimits limits{deadline, max_bytes};
    client->guard.limits = &limits;

    HttpReply reply;
    httplib::Error error = httplib::Error::Success;
    const auto attempt = [&] {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        client->http->set_connection_timeout(std::min(options_.connect_timeout, left));
        httplib::Request request;
        request.method = question.method;
        request.path = question.target;
        request.body = question.json_body;
        if (!request.body.empty()) request.headers.emplace("Content-Type", "application/json");
        // MediaMTX ignores it; a proxy between may continue the trace.
        if (const ActiveSpan* const span = current_span()) {
            request.headers.emplace("traceparent", format_trace_parent(span->context));
            if (!span->context.trace_state.empty()) {
                request.headers.emplace("tracestate", span->context.trace_state);
            }
        }
        reply = {};
        request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t,
                                       std::uint64_t) {
            if (reply.body.size() + size > max_bytes) limits.exceeded = true;
            if (!limits.exceeded) reply.body.append(data, size);
            return !limits.exceeded;
        };
        httplib::Response response;
        error = httplib::Error::Success;
        const bool answered = client->http->send(request, response, error);
        reply.status = response.status;
        reply.date = response.get_header_value("Date");
        return answered;
    };
    bool answered = attempt();
    if (!answered && may_be_stale && !limits.exceeded && limits.in_time()) answered = attempt();
    if (limits.exceeded) return unavailable("The media server sent a response that is too large.");
    if (!answered) {
        if (!limits.in_time()) {
            return Error{ErrorCode::kTimeout, "The media server did not answer in time.", {}, {}};
        }
        return why_no_answer(httplib::to_string(error), deadline);
    }
    if (reply.status == 400 && reply.body.find(kAnswerOfTlsServer) != std::string::npos) {
        return why_no_answer("it answers that it expects TLS", deadline);
    }
    keep_client(std::move(client));
    return reply;
}

Error HttpExchange::why_no_answer(const std::string& error, Deadline deadline) const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto trouble = find_connection_trouble(
        url_, options_.ca_file,
        std::clamp(left / 2, kShortestSearch, std::max(options_.connect_timeout, kShortestSearch)));
    using enum ConnectionTrouble::Kind;
    switch (trouble.kind) {
        case kNone:
            return unavailable("The connection to the media server broke.", error);
        case kCertificate:
            return unavailable(
                fmt::format("The media server cannot be reached: {}. MEDIAMTX_API_CA names a file "
                            "with the certificate authority, or with the certificate itself.",
                            trouble.reason),
                error);
        case kCaFile:
            return unavailable(
                fmt::format("The media server cannot be reached: MEDIAMTX_API_CA {}.",
                            trouble.reason),
                error);
        case kName:
        case kRefused:
        case kNoWay:
        case kSilent:
        case kPlain:
        case kTls:
            break;
    }
    return unavailable(fmt::format("The media server cannot be reached: {}.", trouble.reason),
                       error);
}

}  // namespace rescuestream::mediamtx
