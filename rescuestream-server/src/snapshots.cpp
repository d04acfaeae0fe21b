#include "snapshots.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "entity_tag.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr steady_clock::duration kLongestAge = milliseconds(250);
// A list of ten thousand keys takes some megabytes, so it is not kept while nobody requests it.
constexpr milliseconds kKeptFor{3'000};
constexpr std::size_t kMaxEntries = 256;
// A response that takes less time is computed by the caller that needs it.
constexpr milliseconds kWorthRefreshing{2};

}  // namespace

void Snapshots::drop_old(Instant now) {
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const bool is_old = !entry->second.being_made && now - entry->second.begun > kKeptFor;
        entry = is_old ? entries_.erase(entry) : std::next(entry);
    }
}

HttpResponse Snapshots::get(const HttpRequest& request, const Make& make) {
    const Instant asked = steady_clock::now();
    const std::uint64_t needed = changes();
    std::unique_lock lock(mutex_);
    while (true) {
        const auto found = entries_.find(request.target);
        if (found == entries_.end()) break;
        Entry& entry = found->second;
        // A response whose computation began after this request arrived is recent enough, whatever
        // has changed since.
        const bool is_good =
            entry.response && entry.changes >= needed && entry.begun >= asked - kLongestAge;
        if (is_good) {
            refresh_soon(entry, request, make);
            const Kept response = entry.response;
            const std::string tag = entry.tag;
            lock.unlock();
            return tagged_answer(request, *response, tag);
        }
        if (!entry.being_made) break;
        made_.wait(lock);
    }
    drop_old(asked);
    if (entries_.size() >= kMaxEntries && !entries_.contains(request.target)) {
        lock.unlock();
        return make(request);
    }
    entries_[request.target].being_made = true;
    lock.unlock();
    const auto [made, tag] = make_entry(request, make);
    return made->status == 200 ? tagged_answer(request, *made, tag) : *made;
}

std::pair<Snapshots::Kept, std::string> Snapshots::make_entry(const HttpRequest& request,
                                                              const Make& make) {
    const Instant begun = steady_clock::now();
    const std::uint64_t before = changes();
    Kept made;
    std::string tag;
    // If the body is the same object as before, its tag need not be computed again.
    SharedBody known_body;
    std::string known_tag;
    {
        const std::lock_guard lock(mutex_);
        const Entry& entry = entries_[request.target];
        if (entry.response) known_body = entry.response->shared_body;
        known_tag = entry.tag;
    }
    try {
        HttpResponse response = make(request);
        if (response.status == 200 && !response.shared_body) {
            response.shared_body = std::make_shared<const std::string>(std::move(response.body));
        }
        const std::string version = take_version(response);
        made = std::make_shared<const HttpResponse>(std::move(response));
        tag = known_body && made->shared_body == known_body ? known_tag
                                                            : entity_tag(version, made->content());
    } catch (...) {
        const std::lock_guard lock(mutex_);
        entries_.erase(request.target);
        made_.notify_all();
        throw;
    }
    const std::lock_guard lock(mutex_);
    if (made->status == 200) {
        Entry& entry = entries_[request.target];
        entry.response = made;
        entry.tag = tag;
        entry.begun = begun;
        entry.changes = before;
        entry.took = steady_clock::now() - begun;
        entry.being_made = false;
        keeps_more_ = true;
        start_thread();
    } else {
        entries_.erase(request.target);
    }
    made_.notify_all();
    return {std::move(made), std::move(tag)};
}

void Snapshots::refresh_soon(Entry& entry, const HttpRequest& request, const Make& make) {
    // Early enough to be ready in time on a busy machine, and not so early that it runs
    // continuously.
    const auto wait =
        std::max<steady_clock::duration>(kLongestAge - 2 * entry.took, kLongestAge / 3);
    const bool is_due = steady_clock::now() - entry.begun >= wait;
    if (!is_due || entry.is_refreshed_soon || entry.took < kWorthRefreshing) return;
    if (entry.being_made || is_stopping_) return;
    entry.is_refreshed_soon = true;
    HttpRequest copy = request;
    copy.headers.clear();  // they belong to the caller
    refreshes_.push_back({std::move(copy), make});
    wanted_.notify_one();
}

void Snapshots::start_thread() {
    if (is_stopping_) return;
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    wanted_.notify_one();
}

void Snapshots::run() {
    pthread_setname_np(pthread_self(), "snapshots");
    Instant next_round = steady_clock::now() + kKeptFor;
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        if (!refreshes_.empty()) {
            refresh_next(lock);
        } else if (entries_.empty() && !keeps_more_) {
            wanted_.wait(lock);
            next_round = steady_clock::now() + kKeptFor;
        } else {
            wanted_.wait_until(lock, next_round);
        }
        if (is_stopping_ || steady_clock::now() < next_round) continue;
        forget_old(lock);
        next_round = steady_clock::now() + kKeptFor;
    }
}

void Snapshots::forget_old(std::unique_lock<std::mutex>& lock) {
    const Instant now = steady_clock::now();
    drop_old(now);
    // What is computed in between is considered the next time.
    keeps_more_ = false;
    if (!forget_) return;
    lock.unlock();
    const bool keeps_more = forget_(now);
    lock.lock();
    keeps_more_ = keeps_more_ || keeps_more;
}

void Snapshots::refresh_next(std::unique_lock<std::mutex>& lock) {
    const Refresh refresh = std::move(refreshes_.front());
    refreshes_.pop_front();
    const auto found = entries_.find(refresh.request.target);
    if (found == entries_.end()) return;
    Entry& entry = found->second;
    entry.is_refreshed_soon = false;
    // A caller needed it earlier.
    const bool is_new = steady_clock::now() - entry.begun < kLongestAge / 3;
    if (entry.being_made || is_new) return;
    entry.being_made = true;
    lock.unlock();
    try {
        (void)make_entry(refresh.request, refresh.make);
    } catch (...) {
        // The next caller computes it and gets the error.
    }
    lock.lock();
}

void Snapshots::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    wanted_.notify_all();
    if (thread_.joinable()) thread_.join();
}

}  // namespace rescuestream::server
