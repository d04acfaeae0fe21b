#include "http_client.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include "support/connection_trouble.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {

struct HttpClient::Impl {
    Impl(const std::string& where, const HttpClientOptions& given)
        : origin(where), options(given), client(where) {
        client.set_connection_timeout(given.connect);
        client.set_read_timeout(given.exchange);
        client.set_write_timeout(given.exchange);
        client.set_keep_alive(true);
        client.set_tcp_nodelay(true);
        client.set_follow_location(false);
        if (!given.check_certificate) client.enable_server_certificate_verification(false);
    }

    std::string origin;
    HttpClientOptions options;
    httplib::Client client;
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

Error transport_error(const std::string& origin, httplib::Error error,
                      const HttpClientOptions& options) {
    const std::string reason = httplib::to_string(error);
    const auto url = parse_origin(origin);
    const auto trouble =
        url ? find_connection_trouble(*url, {}, options.connect) : ConnectionTrouble{};
    const bool was_sent =
        error != httplib::Error::Connection && error != httplib::Error::ConnectionTimeout &&
        error != httplib::Error::BindIPAddress && error != httplib::Error::SSLConnection &&
        error != httplib::Error::SSLLoadingCerts && error != httplib::Error::SSLServerVerification;
    // After a request was sent, its outcome is unknown, whatever state the server is in now. To one
    // that expects TLS, nothing was sent that it understood.
    const bool is_reason = !was_sent || trouble.kind == ConnectionTrouble::Kind::kTls;
    if (is_reason && trouble.kind != ConnectionTrouble::Kind::kNone) {
        return unreachable(origin, trouble);
    }
    if (!was_sent) {
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

}  // namespace

HttpClient::HttpClient(const std::string& origin, const HttpClientOptions& options)
    : impl_(std::make_unique<Impl>(origin, options)) {}

HttpClient::~HttpClient() = default;

Result<HttpReply> HttpClient::send(const std::string& method, const std::string& target,
                                   const std::multimap<std::string, std::string>& headers,
                                   std::string_view json_body) {
    httplib::Request request;
    request.method = method;
    request.path = target;
    for (const auto& [name, value] : headers) request.headers.emplace(name, value);
    if (!json_body.empty()) {
        request.body = std::string(json_body);
        request.headers.emplace("Content-Type", "application/json");
    }
    const auto result = impl_->client.send(request);
    if (!result) return transport_error(impl_->origin, result.error(), impl_->options);
    HttpReply reply;
    reply.status = result->status;
    reply.content_type = result->get_header_value("Content-Type");
    reply.cutoff = result->get_header_value("RescueStream-Cutoff");
    reply.date = result->get_header_value("Date");
    reply.etag = result->get_header_value("ETag");
    reply.next_cursor = result->get_header_value("RescueStream-Next-Cursor");
    reply.body = result->body;
    return reply;
}

}  // namespace rescuestream::cli
