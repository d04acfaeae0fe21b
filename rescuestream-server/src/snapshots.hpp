#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "http/message.hpp"

namespace rescuestream::server {

/// Answers that many ask for again and again: made once, served to all who come within a quarter of
/// a second, so that however many look, the database is asked four times a second at most. Never
/// older than the last change that this server knows of.
///
/// Thread-safety: all methods from any thread.
class Snapshots {
public:
    using Make = std::function<HttpResponse()>;

    /// The answer to a GET of `request.target`, with an ETag; 304 without a body when the caller
    /// has it already (If-None-Match). Only answers with status 200 are kept. `actor` of the
    /// request does not matter: whoever may ask sees the same.
    HttpResponse get(const HttpRequest& request, const Make& make);
    /// Something changed.
    void forget();

private:
    using Instant = std::chrono::steady_clock::time_point;
    struct Entry {
        std::shared_ptr<const HttpResponse> response;
        std::string tag;
        Instant begun;                 ///< When the making of it began.
        std::uint64_t generation = 0;  ///< At that moment.
        bool being_made = false;
    };

    bool is_fresh(const Entry& entry, Instant now) const;
    void drop_old(Instant now);

    std::mutex mutex_;
    std::condition_variable made_;
    std::uint64_t generation_ = 1;
    std::unordered_map<std::string, Entry> entries_;
};

}  // namespace rescuestream::server
