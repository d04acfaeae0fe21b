#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "rescuestream/media_server.hpp"

namespace httplib {
class Client;
}

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
};

/// Exchanges HTTP requests with one server: several at a time, connections are kept, and each
/// exchange ends within its deadline whatever the server sends or does not send. (Resolving a host
/// name is limited by the system's resolver alone.)
///
/// Thread-safety: all methods from any thread.
class HttpExchange {
public:
    explicit HttpExchange(const MediaMtxOptions& options);
    HttpExchange(const HttpExchange&) = delete;
    HttpExchange& operator=(const HttpExchange&) = delete;
    ~HttpExchange();

    /// Any answer of the server is a success here, whatever its status. kUnavailable, kTimeout.
    /// `max_bytes`: the largest body that is read.
    Result<HttpReply> send(const HttpQuestion& question, Deadline deadline, std::size_t max_bytes);

private:
    class Watch;

    std::unique_ptr<httplib::Client> take_client();
    void keep_client(std::unique_ptr<httplib::Client> client);
    void watch();

    const MediaMtxOptions options_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<httplib::Client>> idle_;

    // httplib's time-outs are for one read: a server that sends a byte a second would never end.
    std::mutex watch_mutex_;
    std::condition_variable watch_changed_;
    std::multimap<Deadline, httplib::Client*> watched_;
    bool stopping_ = false;
    std::thread watcher_;
};

}  // namespace rescuestream::mediamtx
