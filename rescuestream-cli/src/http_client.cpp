#include "http_client.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <utility>

#include "http/guarded_stream.hpp"
#include "support/connection_trouble.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {

struct HttpClient::Impl {
    Impl(std::string where, const HttpUrl& url, const HttpClientOptions& given)
        : origin(std::move(where)), options(given), client(http::make_client(url)) {
        auto& http = *client.http;
        http.set_keep_alive(true);
        http.set_tcp_nodelay(true);
        http.set_decompress(false);
        http.set_follow_location(false);
        if (!given.check_certificate) http.enable_server_certificate_verification(false);
    }

    std::string origin;
    HttpClientOptions options;
    http::Client client;
};

namespace {

Error unreachable(const std::string& origin, const ConnectionTrouble& trouble) {
    std::string message = fmt::format("{} cannot be reached: {}.", origin, trouble.reason);
    if (trouble.kind == ConnectionTrouble::Kind::kCertificate) {
        message +=
            " SSL_CERT_FILE names a file with the certificate authority, or with the certificate "
            "itself.";
    }
    // The library's own word ("Connection") says less than the message.
    return {ErrorCode::kUnavailable, std::move(message), {}, {}};
}

// Whether the server may have received the request.
bool was_sent(httplib::Error error) {
    return error != httplib::Error::Connection && error != httplib::Error::ConnectionTimeout &&
           error != httplib::Error::BindIPAddress && error != httplib::Error::SSLConnection &&
           error != httplib::Error::SSLLoadingCerts &&
           error != httplib::Error::SSLServerVerification;
}

Error transport_error(const std::string& origin, httplib::Error error,
                      const HttpClientOptions& options) {
    const std::string reason = httplib::to_string(error);
    const auto url = parse_origin(origin);
    const auto trouble =
        url ? find_connection_trouble(*url, {}, options.connect) : ConnectionTrouble{};
    // After a request was sent, its outcome is unknown, whatever state the server is in now. To one
    // that expects TLS, nothing was sent that it understood.
    const bool is_reason = !was_sent(error) || trouble.kind == ConnectionTrouble::Kind::kTls;
    if (is_reason && trouble.kind != ConnectionTrouble::Kind::kNone) {
        return unreachable(origin, trouble);
    }
    if (!was_sent(error)) {
        return {ErrorCode::kUnavailable,
                fmt::format("{} could not be reached, and can be now: try again.", origin),
                reason,
                {}};
    }
    return {
        ErrorCode::kTimeout,
        fmt::format("{} gave no answer; whether the request was carried out is unknown.", origin),
        reason,
        {}};
}

// The outcome of a request whose response was not read to its end is unknown.
Error unread(const std::string& origin, std::string_view what) {
    return {ErrorCode::kTimeout,
            fmt::format("{} {}; whether the request was carried out is unknown.", origin, what),
            {},
            {}};
}

}  // namespace

HttpClient::HttpClient(const std::string& origin, const HttpClientOptions& options) {
    if (const auto url = parse_origin(origin)) {
        impl_ = std::make_unique<Impl>(origin, *url, options);
    }
}

HttpClient::~HttpClient() = default;

Result<HttpReply> HttpClient::send(const std::string& method, const std::string& target,
                                   const std::multimap<std::string, std::string>& headers,
                                   std::string_view json_body) {
    if (!impl_) {
        return Error{ErrorCode::kInvalidArgument,
                     fmt::format("The address of the server {}.", kOriginRule),
                     {},
                     {}};
    }
    const HttpClientOptions& options = impl_->options;
    http::ExchangeLimits limits{std::chrono::steady_clock::now() + options.total,
                                options.most_bytes, options.exchange};
    impl_->client.guard.limits = &limits;
    impl_->client.http->set_connection_timeout(std::min(options.connect, options.total));
    httplib::Request request;
    request.method = method;
    request.path = target;
    for (const auto& [name, value] : headers) request.headers.emplace(name, value);
    if (!json_body.empty()) {
        request.body = std::string(json_body);
        request.headers.emplace("Content-Type", "application/json");
    }
    HttpReply reply;
    request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t,
                                   std::uint64_t) {
        limits.exceeded = limits.exceeded || reply.body.size() + size > options.most_bytes;
        if (!limits.exceeded) reply.body.append(data, size);
        return !limits.exceeded;
    };
    httplib::Response response;
    auto error = httplib::Error::Success;
    const bool is_answered = impl_->client.http->send(request, response, error);
    impl_->client.guard.limits = nullptr;
    if (limits.exceeded) {
        return unread(impl_->origin,
                      "sent a response that is larger than any of rescuestream-server");
    }
    if (!is_answered && was_sent(error) && !limits.in_time()) {
        return unread(impl_->origin,
                      fmt::format("did not complete its response within {} s",
                                  std::chrono::ceil<std::chrono::seconds>(options.total).count()));
    }
    if (!is_answered) return transport_error(impl_->origin, error, options);
    reply.status = response.status;
    reply.content_type = response.get_header_value("Content-Type");
    reply.cutoff = response.get_header_value("RescueStream-Cutoff");
    reply.date = response.get_header_value("Date");
    reply.etag = response.get_header_value("ETag");
    reply.next_cursor = response.get_header_value("RescueStream-Next-Cursor");
    return reply;
}

}  // namespace rescuestream::cli
