#include "admin/http_caller.hpp"

#include <array>
#include <chrono>
#include <utility>

#include "problem.hpp"
#include "rescuestream/api_credentials.hpp"
#include "support/crypto.hpp"

namespace rescuestream::cli {

std::multimap<std::string, std::string> sign_request(const ServerConnection& server,
                                                     const std::string& method,
                                                     const std::string& path,
                                                     const std::string& body, Timestamp now) {
    std::multimap<std::string, std::string> headers;
    if (server.credential == Credential::kSharedSecret) {
        headers.emplace("X-API-Key", server.api_secret.reveal());
        return headers;
    }
    const auto timestamp =
        std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    const std::string message = method + '\n' + path + '\n' + timestamp + '\n' + body;
    headers.emplace("X-API-Key", server.key_name);
    headers.emplace("X-Timestamp", timestamp);
    headers.emplace("X-Signature", to_hex(hmac_sha256(server.api_secret.reveal(), message)));
    return headers;
}

std::multimap<std::string, std::string> sign_request(const ApiCredentialText& credential,
                                                     const std::string& method,
                                                     const std::string& path,
                                                     const std::string& query,
                                                     const std::string& body, Timestamp now) {
    std::array<std::uint8_t, 16> random{};
    system_random().fill(random);
    const std::string nonce = to_hex(random);
    const auto timestamp =
        std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    const std::string message = "v2\n" + method + '\n' + path + '\n' + query + '\n' +
                                to_hex(sha256(body)) + '\n' + timestamp + '\n' + nonce;
    return {{"X-API-Key", credential.id.value},
            {"X-Timestamp", timestamp},
            {"X-Nonce", nonce},
            {"X-Signature-Version", "2"},
            {"X-Signature", to_hex(hmac_sha256(credential.secret, message))}};
}

HttpCaller::HttpCaller(ServerConnection server, const Clock& clock,
                       const HttpClientOptions& options)
    : server_(std::move(server)), clock_(clock), client_(server_.url, options) {}

Result<HttpReply> HttpCaller::call(const std::string& method, const std::string& path,
                                   const std::string& query, const std::string& body,
                                   const std::string& if_match) {
    const auto credential = server_.credential == Credential::kHmac
                                ? split_credential(server_.api_secret.reveal())
                                : std::nullopt;
    auto headers = credential ? sign_request(*credential, method, path, query, body, clock_.now())
                              : sign_request(server_, method, path, body, clock_.now());
    if (!if_match.empty()) headers.emplace("If-Match", if_match);
    auto reply = client_.send(method, query.empty() ? path : path + "?" + query, headers, body);
    if (!reply || (reply->status >= 200 && reply->status < 300)) return reply;
    return problem_error(*reply);
}

Result<HttpReply> HttpCaller::change(const std::string& path, const std::string& body) {
    const auto present = call("GET", path);
    if (!present) return present;
    return call("PATCH", path, "", body, present->etag);  // earlier releases send no ETag
}

Result<HttpReply> HttpCaller::get_public(const std::string& target) {
    return client_.send("GET", target, {}, "");
}

}  // namespace rescuestream::cli
