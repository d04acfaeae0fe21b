#include "http_client.hpp"

#include <fmt/format.h>
#include <httplib.h>

namespace rescuestream::cli {

struct HttpClient::Impl {
    Impl(const std::string& where, const HttpTimeouts& timeouts) : origin(where), client(where) {
        client.set_connection_timeout(timeouts.connect);
        client.set_read_timeout(timeouts.exchange);
        client.set_write_timeout(timeouts.exchange);
        client.set_keep_alive(true);
        client.set_tcp_nodelay(true);
        client.set_follow_location(false);
    }

    std::string origin;
    httplib::Client client;
};

namespace {

Error transport_error(const std::string& origin, httplib::Error error) {
    const std::string reason = httplib::to_string(error);
    // Nothing was sent, so the request may be repeated.
    if (error == httplib::Error::Connection || error == httplib::Error::ConnectionTimeout ||
        error == httplib::Error::BindIPAddress) {
        return {ErrorCode::kUnavailable,
                fmt::format(
                    "{} cannot be reached: no server listens there, or a firewall blocks the way.",
                    origin),
                "",
                {}};
    }
    if (error == httplib::Error::SSLConnection || error == httplib::Error::SSLLoadingCerts ||
        error == httplib::Error::SSLServerVerification) {
        return {ErrorCode::kUnavailable,
                fmt::format("{} could not prove its identity (TLS).", origin),
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

HttpClient::HttpClient(const std::string& origin, const HttpTimeouts& timeouts)
    : impl_(std::make_unique<Impl>(origin, timeouts)) {}

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
    if (!result) return transport_error(impl_->origin, result.error());
    HttpReply reply;
    reply.status = result->status;
    reply.content_type = result->get_header_value("Content-Type");
    reply.cutoff = result->get_header_value("RescueStream-Cutoff");
    reply.body = result->body;
    return reply;
}

}  // namespace rescuestream::cli
