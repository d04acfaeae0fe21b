#include "snapshots.hpp"

#include <fmt/format.h>

#include <utility>

namespace rescuestream::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLongestAge{250};
// A list of ten thousand keys is some megabytes: not kept for nobody.
constexpr milliseconds kKeptFor{3'000};
constexpr std::size_t kMaxEntries = 256;

std::string tag_of(const std::string& body) {
    return fmt::format("\"{:x}-{:x}\"", std::hash<std::string>{}(body), body.size());
}

// RFC 9110 section 13.1.2.
bool has_tag(const HttpRequest& request, const std::string& tag) {
    const auto given = request.header("if-none-match");
    return given && (*given == "*" || given->find(tag) != std::string_view::npos);
}

HttpResponse answer_of(const HttpRequest& request, const HttpResponse& kept,
                       const std::string& tag) {
    HttpResponse response;
    if (has_tag(request, tag)) {
        response.status = 304;
    } else {
        response = kept;
    }
    response.headers.emplace_back("ETag", tag);
    // It holds no secret; whoever keeps it asks whether it still holds.
    response.headers.emplace_back("Cache-Control", "private, no-cache");
    return response;
}

}  // namespace

void Snapshots::forget() {
    const std::lock_guard lock(mutex_);
    ++generation_;
    drop_old(steady_clock::now());
}

bool Snapshots::is_fresh(const Entry& entry, Instant now) const {
    return entry.response && entry.generation == generation_ && now - entry.begun <= kLongestAge;
}

void Snapshots::drop_old(Instant now) {
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const bool is_old = !entry->second.being_made && now - entry->second.begun > kKeptFor;
        entry = is_old ? entries_.erase(entry) : std::next(entry);
    }
}

HttpResponse Snapshots::get(const HttpRequest& request, const Make& make) {
    std::unique_lock lock(mutex_);
    while (true) {
        const auto found = entries_.find(request.target);
        if (found == entries_.end()) break;
        if (is_fresh(found->second, steady_clock::now())) {
            const auto response = found->second.response;
            const std::string tag = found->second.tag;
            lock.unlock();
            return answer_of(request, *response, tag);
        }
        if (!found->second.being_made) break;
        made_.wait(lock);  // somebody is asking already
    }
    const Instant begun = steady_clock::now();
    drop_old(begun);
    if (entries_.size() >= kMaxEntries && !entries_.contains(request.target)) {
        lock.unlock();
        return make();
    }
    Entry& entry = entries_[request.target];
    entry.being_made = true;
    entry.begun = begun;
    const std::uint64_t generation = generation_;
    lock.unlock();

    HttpResponse response;
    try {
        response = make();
    } catch (...) {
        lock.lock();
        entries_.erase(request.target);
        made_.notify_all();
        throw;
    }
    if (response.status != 200) {
        lock.lock();
        entries_.erase(request.target);
        lock.unlock();
        made_.notify_all();
        return response;
    }
    const std::string tag = tag_of(response.body);
    const auto kept = std::make_shared<const HttpResponse>(std::move(response));
    lock.lock();
    entries_[request.target] = {kept, tag, begun, generation, false};
    lock.unlock();
    made_.notify_all();
    return answer_of(request, *kept, tag);
}

}  // namespace rescuestream::server
