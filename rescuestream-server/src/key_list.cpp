#include "key_list.hpp"

#include <utility>

#include "rescuestream/unreadable_row.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::minutes kKeptUnasked{1};
// The whole list is read again after this time, whatever the storage reports: a database that
// crashed may have lost when a key was last used, and reports no change then.
constexpr std::chrono::minutes kWholeEvery{10};
// The text of more than 100,000 keys. A longer list is not kept, so it costs time and no memory.
constexpr std::size_t kMostKept = 32UL * 1024 * 1024;
// Reading more keys than this one by one takes longer than reading the whole list.
constexpr std::size_t kMostDue = 100;

}  // namespace

Result<std::shared_ptr<const std::string>> KeyList::json(StreamOrchestrator& orchestrator) {
    const std::lock_guard lock(mutex_);
    asked_at_ = steady_clock::now();
    // A clock that was put back makes some keys valid again.
    if (asked_at_ - read_whole_at_ > kWholeEvery || orchestrator.now() < written_at_) forget();
    const auto renewed = renew(orchestrator);
    if (!renewed) return renewed.error();
    auto text = list_.text();
    if (place_.empty() || text->size() > kMostKept) forget();
    return text;
}

Result<void> KeyList::renew(StreamOrchestrator& orchestrator) {
    while (true) {
        const Instant begun = steady_clock::now();
        auto changes = orchestrator.key_list_after(place_);
        if (!changes) return std::move(changes).error();
        const Timestamp now = orchestrator.now();
        if (changes->from_start) {
            list_.clear();
            read_whole_at_ = begun;
        } else {
            const auto due = list_.due(now);
            if (due.size() > kMostDue) {
                forget();
                continue;
            }
            const auto read = read_due(orchestrator, changes->entries, due);
            if (!read) return read;
        }
        list_.renew(std::move(changes->entries), now);
        place_ = std::move(changes->next);
        written_at_ = now;
        if (list_.count() == changes->count || changes->from_start) return {};
        forget();
    }
}

Result<void> KeyList::read_due(StreamOrchestrator& orchestrator,
                               std::vector<KeyListChanges::Entry>& entries,
                               const std::vector<Cursor>& due) {
    for (const Cursor& place : due) {
        KeyListChanges::Entry entry;
        auto key = orchestrator.find_stream_key(StreamKeyId(place.id));
        if (key) {
            entry.key = *std::move(key);
        } else if (key.error().code == ErrorCode::kNotFound ||
                   is_about_unreadable_row(key.error())) {
            entry.key.id = StreamKeyId(place.id);
            entry.key.created_at = place.time;
            entry.removed = true;
        } else {
            return std::move(key).error();
        }
        entries.push_back(std::move(entry));
    }
    return {};
}

bool KeyList::forget_unused(Instant now) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return true;  // another request is using the list at this moment
    if (now - asked_at_ > kKeptUnasked) forget();
    return !place_.empty();
}

void KeyList::forget() {
    place_.clear();
    list_ = KeyListText();
}

}  // namespace rescuestream::server
