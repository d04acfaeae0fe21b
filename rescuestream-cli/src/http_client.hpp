#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "rescuestream/result.hpp"

namespace rescuestream::cli {

struct HttpReply {
    int status = 0;
    std::string content_type;
    std::string cutoff;       ///< Header `RescueStream-Cutoff`.
    std::string etag;         ///< Header `ETag`.
    std::string next_cursor;  ///< Header `RescueStream-Next-Cursor`.
    std::string date;         ///< Header `Date`.
    std::string body;
};

struct HttpClientOptions {
    std::chrono::milliseconds connect{3'000};    ///< Time limit of connecting to each address.
    std::chrono::milliseconds exchange{15'000};  ///< How long the server may be silent.
    /// Time limit of a request and its whole response, whatever the server sends.
    std::chrono::milliseconds total{120'000};
    std::size_t most_bytes = 256U * 1024 * 1024;  ///< Size of the largest body that is read.
    /// False: any certificate is accepted. Only for a server on this machine.
    bool check_certificate = true;
};

/// Sends requests to one http(s) origin, one at a time. It does not follow redirects. A server
/// cannot keep it longer, or make it read more, than the options permit. (Only the resolution of a
/// host name has no other limit than that of the system's resolver.)
///
/// Thread-safety: none.
class HttpClient {
public:
    /// `origin` is `http(s)://host[:port]`.
    explicit HttpClient(const std::string& origin, const HttpClientOptions& options = {});
    ~HttpClient();

    /// Returns the response, whatever its status. kUnavailable: there is no connection. kTimeout:
    /// there is no response, or it is too large or too slow.
    Result<HttpReply> send(const std::string& method, const std::string& target,
                           const std::multimap<std::string, std::string>& headers,
                           std::string_view json_body = {});

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rescuestream::cli
