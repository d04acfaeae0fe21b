#pragma once

#include <map>
#include <string>

#include "connection.hpp"
#include "http_client.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {
struct ApiCredentialText;
}

namespace rescuestream::cli {

/// Sends signed requests to a rescuestream-server.
///
/// Thread-safety: none; used from one thread. `clock` must outlive it.
class HttpCaller {
public:
    HttpCaller(ServerConnection server, const Clock& clock, const HttpClientOptions& options = {});

    /// Sends one signed request. A status other than 2xx becomes an error.
    Result<HttpReply> call(const std::string& method, const std::string& path,
                           const std::string& query = {}, const std::string& body = {},
                           const std::string& if_match = {});
    /// Reads the record at `path` and sends a PATCH of it that the server refuses if somebody
    /// changes the record in between.
    Result<HttpReply> change(const std::string& path, const std::string& body);
    /// Sends a request for a public route, without a credential, and returns the reply whatever its
    /// status is.
    Result<HttpReply> get_public(const std::string& target);
    /// Returns the time by which requests are signed.
    Timestamp time() const { return clock_.now(); }

private:
    const ServerConnection server_;
    const Clock& clock_;
    HttpClient client_;
};

/// Returns the headers that authenticate a request. `path` is decoded and without a query. Source:
/// HMAC v1 of the HTTP contract: the hex form of HMAC-SHA256 with the secret over method, path,
/// timestamp and body, joined by line feeds.
std::multimap<std::string, std::string> sign_request(const ServerConnection& server,
                                                     const std::string& method,
                                                     const std::string& path,
                                                     const std::string& body, Timestamp now);

/// Does the same with a credential. Path and query are those of the request as it is sent. Source:
/// HMAC v2 of the HTTP contract.
std::multimap<std::string, std::string> sign_request(const ApiCredentialText& credential,
                                                     const std::string& method,
                                                     const std::string& path,
                                                     const std::string& query,
                                                     const std::string& body, Timestamp now);

}  // namespace rescuestream::cli
