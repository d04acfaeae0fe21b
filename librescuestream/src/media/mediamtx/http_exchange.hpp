#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "rescuestream/media_mtx.hpp"
#include "rescuestream/tracer.hpp"
#include "support/url.hpp"

namespace rescuestream::mediamtx {

using Deadline = std::chrono::steady_clock::time_point;

struct HttpQuestion {
    std::string method;
    std::string target;     ///< Path and query, percent-encoded.
    std::string json_body;  ///< Empty: no body.
};

struct HttpReply {
    int status = 0;
    std::string body;
    std::string date;  ///< Header `Date`.
};

/// Exchanges HTTP requests with one server, several at a time. Connections are kept open, and each
/// exchange ends within its deadline whatever the server sends. (Only the resolution of a host name
/// has no other limit than that of the system's resolver.)
///
/// Thread-safety: all methods may be called from any thread.
class HttpExchange {
public:
    /// Precondition: `options.api_url` is an http or https URL.
    explicit HttpExchange(const MediaMtxOptions& options);
    HttpExchange(const HttpExchange&) = delete;
    HttpExchange& operator=(const HttpExchange&) = delete;
    ~HttpExchange();

    /// Sends a request and returns the response; any HTTP status is a success here. `max_bytes` is
    /// the largest body that is read. Errors: kUnavailable, kTimeout.
    Result<HttpReply> send(const HttpQuestion& question, Deadline deadline, std::size_t max_bytes);

private:
    struct Client;

    // The span names no path, because it may be a key value.
    Span begin_span(const HttpQuestion& question) const;
    Result<HttpReply> exchange(const HttpQuestion& question, Deadline deadline,
                               std::size_t max_bytes);
    // Returns the error for a request without an answer; `error` is the client's word for it.
    Error why_no_answer(const std::string& error, Deadline deadline) const;
    std::unique_ptr<Client> take_client();
    void keep_client(std::unique_ptr<Client> client);

    const MediaMtxOptions options_;
    const HttpUrl url_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Client>> idle_;
};

}  // namespace rescuestream::mediamtx
