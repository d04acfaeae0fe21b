#include "admin/http_caller.hpp"

#include <chrono>
#include <utility>

#include "problem.hpp"
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

HttpCaller::HttpCaller(ServerConnection server, const Clock& clock)
    : server_(std::move(server)), clock_(clock), client_(server_.url) {}

Result<HttpReply> HttpCaller::call(const std::string& method, const std::string& path,
                                   const std::string& query, const std::string& body) {
    const auto headers = sign_request(server_, method, path, body, clock_.now());
    auto reply = client_.send(method, query.empty() ? path : path + "?" + query, headers, body);
    if (!reply || (reply->status >= 200 && reply->status < 300)) return reply;
    return problem_error(*reply);
}

Result<HttpReply> HttpCaller::get_public(const std::string& target) {
    return client_.send("GET", target, {}, "");
}

}  // namespace rescuestream::cli
