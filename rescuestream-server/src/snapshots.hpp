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

/// Answers that many ask for again and again: made once, served to all who come within a quarter of
/// a second while nothing changes that this server knows of, so that however many look, the
/// database is asked a few times a second. Each request gets what was made after the last change
/// before it came. An answer that is still asked for when its quarter of a second is nearly over is
/// made again beside those who ask, so that nobody waits for the making of a long list. One that
/// nobody asks for is dropped after three seconds.
///
/// Thread-safety: all methods from any thread; `follow` before the first `get`.
class Snapshots {
public:
    /// Called for the request that asks, or later for a copy of it on another thread.
    using Make = std::function<HttpResponse(const HttpRequest&)>;

    ~Snapshots() { stop(); }

    /// `changes` rises with every change.
    void follow(std::function<std::uint64_t()> changes) { changes_ = std::move(changes); }
    /// `forget` is called every few seconds after an answer was made, on a thread of this object,
    /// as long as it says that it keeps something still. Before the first `get`.
    using Forget = std::function<bool(std::chrono::steady_clock::time_point now)>;
    void also_forget(Forget forget) { forget_ = std::move(forget); }

    /// The answer to a GET of `request.target`, with an ETag; 304 without a body when the caller
    /// has it already (If-None-Match). Only answers with status 200 are kept. `actor` of the
    /// request does not matter: whoever may ask sees the same.
    HttpResponse get(const HttpRequest& request, const Make& make);
    /// Makes nothing by itself any more; what is being made is finished first.
    void stop();

private:
    using Instant = std::chrono::steady_clock::time_point;
    using Kept = std::shared_ptr<const HttpResponse>;
    struct Entry {
        Kept response;
        std::string tag;
        Instant begun;              ///< When the making of it began.
        std::uint64_t changes = 0;  ///< At that moment.
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
    // Of an entry whose `being_made` is set: the answer and its tag. One that may be kept is in the
    // entry then.
    std::pair<Kept, std::string> make_entry(const HttpRequest& request, const Make& make);
    void refresh_soon(Entry& entry, const HttpRequest& request, const Make& make);
    void start_thread();
    void run();
    // With `mutex_` locked by `lock`, which may be unlocked meanwhile.
    void refresh_next(std::unique_lock<std::mutex>& lock);
    void forget_old(std::unique_lock<std::mutex>& lock);

    std::function<std::uint64_t()> changes_;
    Forget forget_;
    std::mutex mutex_;
    std::condition_variable made_;
    std::unordered_map<std::string, Entry> entries_;
    std::condition_variable wanted_;
    std::deque<Refresh> refreshes_;
    bool keeps_more_ = false;  // what `forget_` said last
    bool is_stopping_ = false;
    std::thread thread_;  // from the first answer on
};

}  // namespace rescuestream::server
