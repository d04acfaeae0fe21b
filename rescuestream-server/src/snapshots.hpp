#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>

#include "http/message.hpp"

namespace rescuestream::server {

/// A cache for responses that many callers request repeatedly. A response is computed once and
/// served for a quarter of a second, as long as this server knows of no change, so that the
/// database gets a few queries a second however many callers there are. Each caller gets a response
/// that was computed after the last change before its request arrived. A response that is still
/// requested shortly before it expires is recomputed in the background, so that no caller waits for
/// a long list. A response that nobody requests is dropped after three seconds.
///
/// Thread-safety: all methods may be called from any thread; `follow` must be called before the
/// first `get`.
class Snapshots {
public:
    /// Called with the caller's request, or later with a copy of it on another thread.
    using Make = std::function<HttpResponse(const HttpRequest&)>;

    ~Snapshots() { stop(); }

    /// `changes` returns a number that increases with every change.
    void follow(std::function<std::uint64_t()> changes) { changes_ = std::move(changes); }
    /// `forget` is called every few seconds after a response was computed, on a thread of this
    /// object, as long as it returns that it still keeps something. Call this before the first
    /// `get`.
    using Forget = std::function<bool(std::chrono::steady_clock::time_point now)>;
    void also_forget(Forget forget) { forget_ = std::move(forget); }

    /// Returns the response to a GET of `request.target`, with an ETag, or 304 without a body when
    /// the caller already has it (If-None-Match). Only responses with status 200 are cached. The
    /// `actor` of the request does not matter: every permitted caller sees the same.
    HttpResponse get(const HttpRequest& request, const Make& make);
    /// Stops recomputing in the background. A response that is being computed is finished first.
    void stop();

private:
    using Instant = std::chrono::steady_clock::time_point;
    using Kept = std::shared_ptr<const HttpResponse>;
    struct Entry {
        Kept response;
        std::string tag;
        Instant begun;              ///< When its computation began.
        std::uint64_t changes = 0;  ///< The value of `changes` at that time.
        std::chrono::steady_clock::duration took{};
        bool being_made = false;
        bool is_refreshed_soon = false;
    };
    struct Refresh {
        HttpRequest request;
        Make make;
    };

    std::uint64_t changes() const { return changes_ ? changes_() : 0; }
    void drop_old(Instant now);
    // Computes an entry whose `being_made` is set. Returns the response and its tag. The response
    // is also stored in the entry, if it may be cached.
    std::pair<Kept, std::string> make_entry(const HttpRequest& request, const Make& make);
    void refresh_soon(Entry& entry, const HttpRequest& request, const Make& make);
    void start_thread();
    void run();
    // Called with `mutex_` locked by `lock`, which may be unlocked in between.
    void refresh_next(std::unique_lock<std::mutex>& lock);
    void forget_old(std::unique_lock<std::mutex>& lock);

    std::function<std::uint64_t()> changes_;
    Forget forget_;
    std::mutex mutex_;
    std::condition_variable made_;
    std::unordered_map<std::string, Entry> entries_;
    std::condition_variable wanted_;
    std::deque<Refresh> refreshes_;
    bool keeps_more_ = false;  // the last result of `forget_`
    bool is_stopping_ = false;
    std::thread thread_;  // started with the first response
};

}  // namespace rescuestream::server
